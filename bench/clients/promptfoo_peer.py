"""promptfoo in a folder of its own, by npm."""

import json
import shutil
import subprocess

from bench.clients.base import CACHE, Command, Job, NotMeasuredError

_HOME = CACHE / "promptfoo"
_PACKAGE = _HOME / "node_modules" / "promptfoo" / "package.json"


class Promptfoo:
    """`promptfoo eval` with its own check for refusals."""

    name = "promptfoo"

    def set_up(self) -> str:
        """Made once; ``build/bench/promptfoo`` may be removed to have it anew."""
        if shutil.which("npm") is None:
            raise NotMeasuredError("promptfoo needs Node.js, and there is no npm here")
        ready = _HOME / "ready"
        if not ready.exists():
            _install()
            ready.touch()
        version = json.loads(_PACKAGE.read_text(encoding="utf-8"))["version"]
        node = subprocess.run(
            ["node", "--version"], capture_output=True, text=True, check=True
        )
        return f"promptfoo {version}, Node.js {node.stdout.strip()}"

    def command(self, job: Job) -> Command:
        """Started without npx, which would look for it first."""
        config = job.folder / "promptfooconfig.json"
        config.write_text(json.dumps(_config(job)), encoding="utf-8")
        words = [str(_HOME / "node_modules" / ".bin" / "promptfoo"), "eval"]
        words += ["--config", str(config), "--max-concurrency", str(job.concurrency)]
        words += ["--no-cache", "--no-table", "--no-progress-bar"]
        environment = {
            "PROMPTFOO_CONFIG_DIR": str(job.folder / "promptfoo"),
            "PROMPTFOO_DISABLE_TELEMETRY": "1",
            "PROMPTFOO_DISABLE_UPDATE": "1",
            "PROMPTFOO_CACHE_ENABLED": "false",
            "PROMPTFOO_FAILED_TEST_EXIT_CODE": "0",
        }
        return Command(words=tuple(words), environment=environment)


def _config(job: Job) -> dict[str, object]:
    provider = {"apiBaseUrl": job.url, "apiKey": "none"}
    lines = job.conversations.read_text(encoding="utf-8").splitlines()
    return {
        "prompts": ["{{conversation}}"],
        "providers": [{"id": "openai:chat:m", "config": provider}],
        "defaultTest": {"assert": [{"type": "not-is-refusal"}]},
        "tests": [{"vars": {"conversation": line}} for line in lines],
    }


def _install() -> None:
    _HOME.mkdir(parents=True, exist_ok=True)
    # Without a version npm takes the newest that this Node.js can run.
    words = ["npm", "install", "--prefix", str(_HOME), "--no-audit", "--no-fund"]
    done = subprocess.run(
        [*words, "promptfoo"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise NotMeasuredError(f"npm could not install promptfoo: {said}")
