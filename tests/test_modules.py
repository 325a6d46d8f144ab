"""Every module of the assistant is imported by some test."""

import ast
from pathlib import Path

TESTS = Path(__file__).parent
ASSISTANT = TESTS.parent / "assistant"
# Run as commands by tests/test_readme.py and tests/test_packaging.py.
COMMANDS = {"__main__"}


def imported(path: Path) -> set[str]:
    """Full names of the modules and names that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_every_module_of_the_assistant_is_imported_by_a_test() -> None:
    tested = set[str]().union(*(imported(path) for path in sorted(TESTS.glob("test_*.py"))))
    modules = {path.stem for path in ASSISTANT.glob("*.py")} - COMMANDS
    untested = {
        name
        for name in modules
        if (f"assistant.{name}" if name != "__init__" else "assistant") not in tested
    }
    assert untested == set()
