"""What every method refuses, so that each refuses it in the same words."""


def check_level(level: float) -> None:
    """Refuse a confidence level that is none, such as 95 for 0.95.

    Raises:
        ValueError: If the level is not in (0, 1).

    Assumes:
        Nothing.

    Source:
        None: a rule of ours.

    Checked:
        In the tests of each method that calls it.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be in (0, 1), got {level}")


def check_shapes(first: tuple[int, ...], *others: tuple[int, ...]) -> None:
    """Refuse arrays that belong together and differ in shape.

    Raises:
        ValueError: If a shape is not the first one.

    Assumes:
        Nothing.

    Source:
        None: a rule of ours.

    Checked:
        In the tests of each method that calls it.
    """
    for other in others:
        if other != first:
            raise ValueError(f"arrays differ in shape: {first} and {other}")
