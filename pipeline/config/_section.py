"""What every section of the configuration is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A frozen part of the configuration that refuses keys it does not know.

    Every field carries a description (it becomes the comment in ``configs/default.yaml``) and its
    unit in its name.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        # A default of 2 for a float becomes 2.0, as if it came from the file: both hash the same.
        validate_default=True,
    )
