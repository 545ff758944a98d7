"""`rogatory policy`: write, test, publish and defend what a party shares.

Each group of its commands is a file of its own.
"""

import typer

from broker.cli.policy_check import check
from broker.cli.policy_editing import format_, group, rule
from broker.cli.policy_explain import explain
from broker.cli.policy_history import history_app, pull
from broker.cli.policy_new import new
from broker.cli.policy_publishing import publish
from broker.cli.policy_replay import replay
from broker.cli.policy_views import diff, matrix

app = typer.Typer(
    help="A sharing policy: check it, see what it does, publish it.",
    no_args_is_help=True,
)

app.command("new")(new)
app.command("check")(check)
app.command("format")(format_)
app.command("group")(group)
app.command("rule")(rule)
app.command("explain")(explain)
app.command("diff")(diff)
app.command("matrix")(matrix)
app.command("replay")(replay)
app.command("publish")(publish)
app.command("pull")(pull)
app.add_typer(history_app, name="history")
