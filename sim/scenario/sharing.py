"""Scenarios that hold what they have in common once: a sweep has thousands that differ in a value or two."""

from typing import Any, TypeVar

from pydantic import BaseModel

ModelT = TypeVar("ModelT", bound=BaseModel)


def sharing(model: ModelT, like: BaseModel) -> ModelT:
    """An equal of `model` that holds the very parts of `like` wherever both are equal. Settings never change, so none can tell."""
    shared: dict[str, Any] = {}
    for name in type(model).model_fields:
        mine, other = getattr(model, name), getattr(like, name, None)
        if mine is other or type(mine) is not type(other):
            continue
        if mine == other:
            shared[name] = other
        elif isinstance(mine, BaseModel) and isinstance(other, BaseModel):
            shared[name] = sharing(mine, other)
    if not shared:
        return model
    kept = model.model_copy(update=shared)
    # Which fields were given, which nobody asks a scenario, takes as much room as its values.
    object.__setattr__(kept, "__pydantic_fields_set__", like.__pydantic_fields_set__)
    return kept
