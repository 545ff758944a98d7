"""`rogatory trace`: what officers do with traces; each command is a file of its own."""

import typer

from broker.cli.trace_answers import answer
from broker.cli.trace_closing import close
from broker.cli.trace_lint import lint
from broker.cli.trace_routing import next_, plan
from broker.cli.trace_show import show

app = typer.Typer(
    no_args_is_help=True,
    help="Traces: look a request over, plan the way, ask on, answer, close.",
)
app.command("lint")(lint)
app.command("plan")(plan)
app.command("next")(next_)
app.command("answer")(answer)
app.command("close")(close)
app.command("show")(show)
