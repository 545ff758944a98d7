"""Some of the other parties in as few words as people would use.

Which parties they are is left to `broker.core.policy.regions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """All other parties, and the names that some of them have together.

    Attributes:
        parties: All of them.
        groups: Who is in each group that has a name.
        others: The one that stands for all parties that no rule names, if one does.
    """

    parties: frozenset[PartyId]
    groups: Mapping[str, frozenset[PartyId]] = field(default_factory=dict)
    others: PartyId | None = None

    def named(self, chosen: frozenset[PartyId]) -> str:
        """Returns words for some of the parties: "everyone but eac, MEX"."""
        rest = self.parties - chosen
        if not rest:
            return "everyone"
        if self.others in chosen:
            return f"everyone but {self._list(rest)}"
        if self.others is None and len(rest) < len(chosen):
            listed, but = self._list(chosen), f"everyone but {self._list(rest)}"
            return min(listed, but, key=len)
        return self._list(chosen)

    def _list(self, chosen: frozenset[PartyId]) -> str:
        """Names groups that are all there, the largest first, and then the rest."""
        words, left = [], chosen
        by_size = sorted(self.groups.items(), key=lambda one: (-len(one[1]), one[0]))
        for name, members in by_size:
            present = members & self.parties
            if len(present & left) > 1 and present <= chosen:
                words.append(name)
                left -= present
        return ", ".join([*words, *sorted(left)])
