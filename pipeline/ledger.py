"""The ledger: what was read, what was rejected by which rule, what the user should know.

Every row that a feed reads is either used or rejected by exactly one named rule, so
``rows_read == rows_used + rows_rejected`` holds by construction.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

EXAMPLES_KEPT = 3


@dataclass
class Ledger:
    """Counts by rule, filled by the feeds and by cleaning, printed by the manifest.

    Attributes
    ----------
    rows_read : int
        Data rows or sentences read, headers and blank lines left out.
    rejected : dict of str to int
        Rows not used, by rule (``stage.rule``).
    blanked : dict of str to int
        Single values set to unknown while their row was kept, by rule.
    examples : dict of str to list of str
        Up to three examples a rule (``file:row: what it said``), the smallest in sort order, so
        that they do not depend on the order of the work.
    messages : list of str
        Warnings for the user, in the order they were given.
    """

    rows_read: int = 0
    rejected: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    blanked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    messages: list[str] = field(default_factory=list)

    @property
    def rows_rejected(self) -> int:
        """All rows rejected, over all rules."""
        return sum(self.rejected.values())

    @property
    def rows_used(self) -> int:
        """Rows read and not rejected."""
        return self.rows_read - self.rows_rejected

    def read(self, rows: int) -> None:
        """Count `rows` as read."""
        self.rows_read += rows

    def reject(self, rule: str, rows: int, examples: list[str] | None = None) -> None:
        """Count `rows` as rejected by `rule`; a count of zero leaves no trace."""
        if rows:
            self.rejected[rule] += rows
            self._keep(rule, examples)

    def blank(self, rule: str, values: int, examples: list[str] | None = None) -> None:
        """Count `values` as set to unknown by `rule`; a count of zero leaves no trace."""
        if values:
            self.blanked[rule] += values
            self._keep(rule, examples)

    def warn(self, message: str) -> None:
        """Tell the user something; the manifest repeats it."""
        self.messages.append(message)

    def _keep(self, rule: str, examples: list[str] | None) -> None:
        if examples:
            self.examples[rule] = sorted({*self.examples[rule], *examples})[:EXAMPLES_KEPT]
