"""What every class of settings is: frozen, typed and closed."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Frozen, typed, and closed: an unknown key is an error, a string is not a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class BrokenRules(ValueError):
    """Several rules that cross fields are broken at once. messages: what each says, in the order of the rules."""

    def __init__(self, messages: list[str]) -> None:
        self.messages = messages
        super().__init__("\n".join(messages))
