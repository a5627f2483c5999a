"""The documentation is executed: recipes compile, consoles print what is written, links lead somewhere."""

from __future__ import annotations

import doctest
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dsl.compile import compile_recipe
from runner.cli.app import COMMANDS
from runner.configuration import max_cost
from runner.facts import RecipeFacts
from runner.providers.hosted.settings import read_settings
from runner.simulator.server import Simulator

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/*.md"), *ROOT.glob("recipes/*/*.md")]
)
SHOWN_ADDRESS = "http://127.0.0.1:8787"
PLACEHOLDERS = {
    ".png": ROOT / "recipes/liftoff/boards/pad.jpg",
    ".jpg": ROOT / "recipes/liftoff/boards/pad.jpg",
    ".mp4": ROOT / "recipes/restyle-a-clip/tower.mp4",
    ".wav": ROOT / "recipes/restyle-a-clip/tower.mp4",
}
# What a fragment of a recipe is read with: a fragment's own tables take the place of these.
AROUND = """
schema = "reelmake/1"
slate = "HRB"
[[shots]]
id = "010"
start = "boards/010.png"
action = "a pier"
[[shots]]
id = "020"
start = "boards/020.png"
action = "a gull"
[steps.plate]
uses = "image-to-video"
for_each = "shots"
input_image = "${shot.start}"
prompt = "${shot.action}"
[steps.film]
uses = "concat"
clips = "${plate.video}"
"""


def blocks(language: str) -> list[Any]:
    """Every fenced block of a language, as a parameter named after its page and line."""
    fence = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    texts = {page: page.read_text("utf-8") for page in PAGES}
    return [
        pytest.param(found[1], id=f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}")
        for page, text in texts.items()
        for found in fence.finditer(text)
    ]


def as_toml(value: Any) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(inner)}" for key, inner in value.items()) + "}"
    return f"[{', '.join(map(as_toml, value))}]" if isinstance(value, list) else json.dumps(value)


def put_into(around: Mapping[str, Any], fragment: Mapping[str, Any]) -> str:
    """A fragment's tables in place of those around it, as a whole recipe."""
    steps = {**around["steps"], **fragment.get("steps", {})}
    return "\n".join(
        f"{key} = {as_toml(value)}" for key, value in {**around, **fragment, "steps": steps}.items()
    )


def furnish(folder: Path, recipe: str) -> None:
    """Put a placeholder wherever a recipe names a file."""
    for name in re.findall(r'"([\w/.-]+\.(?:png|jpg|mp4|wav))"', recipe):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PLACEHOLDERS[path.suffix], path)


@pytest.mark.parametrize("recipe", blocks("toml"))
def test_every_recipe_in_the_docs_compiles(recipe: str, tmp_path: Path) -> None:
    """A recipe shown in the documentation has no errors, and a fragment has none within a recipe."""
    if "schema" not in tomllib.loads(recipe):
        recipe = put_into(tomllib.loads(AROUND), tomllib.loads(recipe))
    furnish(tmp_path, recipe)
    path = tmp_path / "shown.toml"
    path.write_text(recipe, "utf-8")

    graph = compile_recipe(path, RecipeFacts([tmp_path], probe=False))

    assert graph.deliveries


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    """The address of a simulator, where the documentation shows that of `reel simulate`."""
    with Simulator() as running:
        yield running.url.removesuffix("/api")


@pytest.mark.parametrize("console", blocks("console"))
def test_every_console_in_the_docs_is_true(
    console: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A command shown in the documentation prints what is shown; `...` stands for anything."""
    if SHOWN_ADDRESS in console:
        console = console.replace(SHOWN_ADDRESS, request.getfixturevalue("simulator"))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("REEL_", "OXEN_"))},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    for command, _, wanted in (part.partition("\n") for part in console.split("$ ")[1:]):
        if command.startswith("export "):
            environment |= dict(word.split("=", 1) for word in shlex.split(command)[1:])
            continue
        shown = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip

        assert shown.returncode == 0, shown.stdout
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        assert doctest.OutputChecker().check_output(wanted, shown.stdout, flags), (
            f"$ {command}\n{shown.stdout}"
        )


@pytest.mark.parametrize("configuration", blocks("ini"))
def test_every_configuration_in_the_docs_is_read(configuration: str, tmp_path: Path) -> None:
    """A configuration shown in the documentation is one."""
    path = tmp_path / "config.toml"
    path.write_text(configuration, "utf-8")
    environ = {"REEL_CONFIG": str(path)}

    assert read_settings(environ).key is not None
    assert max_cost(environ) is not None


def test_help_page_is_current() -> None:
    """docs/help.md is what the commands print; `make docs` writes it anew."""
    spec = importlib.util.spec_from_file_location("render_help", ROOT / "docs/render_help.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert (ROOT / "docs/help.md").read_text("utf-8") == module.render()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the project leads to a file, and to a heading that is there."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in target:
            continue
        name, _, heading = target.partition("#")
        path = (page.parent / name).resolve() if name else page

        assert path.exists(), target
        if heading:
            assert heading in {anchor(title) for title in headings(path)}, target


def headings(page: Path) -> list[str]:
    """The titles of a page's sections."""
    return re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)


def anchor(title: str) -> str:
    """The name GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_every_command_is_in_the_table_of_commands() -> None:
    """docs/cli.md says of each command what it does."""
    page = (ROOT / "docs/cli.md").read_text("utf-8")

    assert [name for name in COMMANDS if f"\n| `reel {name}" not in page] == []


def test_every_page_is_in_the_index() -> None:
    """No page of the documentation is lost."""
    index = (ROOT / "docs/index.md").read_text("utf-8")

    assert [page.name for page in ROOT.glob("docs/*.md") if f"]({page.name})" not in index] == ["index.md"]
