"""What goes wrong between this machine and others over HTTP.

WebError
├── CallbackRefusedError   an address that may not be called; nothing was sent
├── CallFailedError        an address that was not reached, or did not answer well
└── ForgedWebhookError     a call that was not signed by whom it seems to come from
"""


class WebError(Exception):
    """Root of what goes wrong over HTTP."""


class CallbackRefusedError(WebError):
    """An address that may not be called; nothing was sent."""


class CallFailedError(WebError):
    """An address that was not reached, or did not answer as it should."""


class ForgedWebhookError(WebError):
    """A call that was not signed by whom it seems to come from, or not lately."""
