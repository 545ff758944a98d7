"""The HTTP interface of a node, for systems in any language."""
