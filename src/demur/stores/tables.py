"""The tables of the store, version 1."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 1
"""Version of the tables. A store of a newer version is not opened."""

METADATA = MetaData()


def _number() -> Column[int]:
    """The order of adding. A server counts by itself, so needs no right to count."""
    kind = BigInteger().with_variant(Integer, "sqlite")  # counts if it is INTEGER
    return Column("number", kind, Identity(), primary_key=True)


STORE = Table(
    "store",
    METADATA,
    Column("schema_version", Integer, primary_key=True),
    Column("demur", String(40), nullable=False),
)

SUITES = Table(
    "suites",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)

RUNS = Table(
    "runs",
    METADATA,
    _number(),
    Column("id", String(40), nullable=False, unique=True),
    Column("key", String(64), nullable=False),
    Column("suite_digest", String(64), ForeignKey("suites.digest"), nullable=False),
    Column("body", Text, nullable=False),
)


def _of_run(name: str, *columns: Column[str], unique: tuple[str, ...] = ()) -> Table:
    """A table of records that belong to a run, in the order of their adding."""
    key = [UniqueConstraint("run_id", *unique)] if unique else []
    return Table(
        name,
        METADATA,
        _number(),
        Column("run_id", String(40), ForeignKey("runs.id"), nullable=False),
        Column("trial_id", Text, nullable=False),
        *columns,
        Column("body", Text, nullable=False),
        *key,
        Index(f"ix_{name}_run", "run_id"),
    )


TRANSCRIPTS = _of_run("transcripts", unique=("trial_id",))
FAILED_TRIALS = _of_run("failed_trials")
JUDGEMENTS = _of_run(
    "judgements",
    Column("judge", Text, nullable=False),
    unique=("trial_id", "judge"),
)
FAILED_JUDGEMENTS = _of_run("failed_judgements", Column("judge", Text, nullable=False))
