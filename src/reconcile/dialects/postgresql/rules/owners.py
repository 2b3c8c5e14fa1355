"""ALTER … OWNER TO."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.rules import comments
from reconcile.dialects.postgresql.rules.text import ident
from reconcile.state import Action, Owner, Verb


def render(action: Action, scene: Scene) -> Iterable[Draft]:
    """To the role; or, where nobody is named any more, to whoever runs it."""
    about = action.key.parent
    assert about is not None
    if action.verb is Verb.DROP:
        role, said = "CURRENT_ROLE", "whoever applies this"
    else:
        assert isinstance(action.new, Owner)
        role, said = ident(action.new.role), action.new.role
    yield Draft(summary=f"give {about} to {said}", sql=(f"ALTER {comments.designation(about, scene)} OWNER TO {role}",))
