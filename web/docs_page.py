"""``/docs``: the OpenAPI description as one plain page, drawn here so that nothing is fetched."""

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.pages import render

_METHODS = ("get", "post", "put", "patch", "delete")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address, as the page shows it."""

    method: str
    path: str
    summary: str
    parameters: tuple[dict[str, Any], ...]
    body: str
    returns: tuple[tuple[str, str], ...]


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The page."""
    schema = request.app.openapi()
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in _METHODS:
                group = (operation.get("tags") or ["other"])[0]
                groups.setdefault(group, []).append(_operation(schema, path, method, operation))
    return render(request, "docs.html", groups=groups)


def _operation(
    schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    body = next((part.get("schema", {}) for part in content.values()), None)
    return Operation(
        method=method.upper(),
        path=path,
        summary=(operation.get("description") or operation.get("summary", "")).replace("``", ""),
        parameters=tuple(operation.get("parameters", ())),
        body=_shown(schema, body) if body else "",
        returns=tuple(
            (code, _name(reply)) for code, reply in sorted(operation.get("responses", {}).items())
        ),
    )


def _name(reply: dict[str, Any]) -> str:
    for content in reply.get("content", {}).values():
        reference = str(content.get("schema", {}).get("$ref", ""))
        if reference:
            return reference.rpartition("/")[2]
    return ""


def _shown(schema: dict[str, Any], body: dict[str, Any]) -> str:
    """A body's fields with their types, one reference deep."""
    name = str(body.get("$ref", "")).rpartition("/")[2]
    model = schema.get("components", {}).get("schemas", {}).get(name, body)
    fields = {
        field: _type(description) for field, description in model.get("properties", {}).items()
    }
    return json.dumps(fields, ensure_ascii=False, indent=2) if fields else name


def _type(description: dict[str, Any]) -> str:
    if options := description.get("anyOf"):
        return " | ".join(_type(option) for option in options)
    if "enum" in description:
        return " | ".join(str(value) for value in description["enum"])
    if description.get("type") == "array":
        return f"[{_type(description.get('items', {}))}]"
    return str(description.get("type") or description.get("$ref", "any").rpartition("/")[2])
