"""What reading a declaration or manifest raises.

What becomes of a file that cannot be read is left to `adapters.declarations.intake`.
"""


class UnreadableError(Exception):
    """A file that is not what it says it is, or larger than anybody needs.

    Args:
        code: A stable word: "not-well-formed".
        reason: What is wrong and where, in a sentence; never content.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
