"""The layers: who may import whom, where heavy packages live, and nothing done at import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = {
    "index": set[str](),
    "assistant": {"index"},
    "web": {"assistant", "index"},
    "eval": {"assistant", "index"},
}
HEAVY = ("faiss", "sentence_transformers", "gradio")
# Building a model is no part of the product: it may use what it needs.
TRAINING = ROOT / "index" / "training"
EFFECTS = ("os.environ", "os.getenv", "sys.argv", "logging.basicConfig", "load_dotenv", "open")


def modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


ALL = [path for layer in LAYERS for path in modules(layer)]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> set[str]:
    """Top-level names of every import of a file, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}:{node.lineno} imports relatively"
            names.add((node.module or "").split(".")[0])
    return names


def run_at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that runs when the module is imported: what stands outside functions."""
    stack: list[ast.AST] = [
        statement
        for statement in tree.body
        if not (isinstance(statement, ast.If) and "__main__" in ast.unparse(statement.test))
    ]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield node
        stack.extend(ast.iter_child_nodes(node))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_the_layers_below_it(layer: str) -> None:
    allowed = LAYERS[layer] | {layer}
    for path in modules(layer):
        ours = imported(path) & (LAYERS.keys() | {"tests"})
        assert ours <= allowed, f"{named(path)} imports {ours - allowed}"


@pytest.mark.parametrize("package", HEAVY)
def test_a_heavy_package_is_imported_in_one_file_only(package: str) -> None:
    users = [
        named(path) for path in ALL if TRAINING not in path.parents and package in imported(path)
    ]
    assert len(users) <= 1, users


@pytest.mark.parametrize("path", ALL, ids=named)
def test_importing_a_module_reads_no_environment_file_or_argument(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for node in run_at_import(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            used = ast.unparse(node)
            assert used not in EFFECTS, f"{named(path)}:{node.lineno} uses {used} at import"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            read = node.func.attr in ("read_text", "read_bytes", "write_text", "mkdir")
            assert not read, f"{named(path)}:{node.lineno} touches the disk at import"
