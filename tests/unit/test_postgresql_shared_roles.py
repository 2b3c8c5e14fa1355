"""PostgreSQL: roles, where 'manage: [roles]' asks for them. A plan of them leaves the server as it is."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconcile import api
from reconcile.config import Project
from reconcile.dialects.postgresql import DIALECT
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.errors import CheckFailed, Refused, RevisionError, SourceError
from reconcile.reports.sql import creation_script
from reconcile.sources.yaml.write import to_yaml
from reconcile.state import Kind, Membership, Proof, Role, State
from tests import servers
from tests.conftest import NewDatabase
from tests.servers import Server
from tests.unit.test_postgresql import database_of, statements

both = pytest.mark.parametrize("server", [servers.POSTGRESQL15, servers.POSTGRESQL18], indirect=True)
one = pytest.mark.parametrize("server", [servers.POSTGRESQL18], indirect=True)

OLD = """
roles:
  PREFIX_readers: {comment: 'who read'}
  PREFIX_app:
    login: true
    connection_limit: 7
    valid_until: 2030-01-01
    member_of: {PREFIX_readers: {admin: true}, pg_read_all_data: }
    settings: {statement_timeout: 5s, search_path: '"$user", public'}
    settings_here: {work_mem: 5MB, app.x: "a%b'c"}
tables:
  t:
    columns: {id: integer}
    owner: PREFIX_readers
    privileges: {PREFIX_app: [select]}
    policies: {p: {roles: [PREFIX_app], using: id > 0}}
"""
NEW = """
roles:
  PREFIX_app:
    login: true
    inherit: false
    create_database: true
    member_of: {pg_read_all_data: {admin: true}}
    settings: {statement_timeout: 6s}
    settings_here: {statement_timeout: 7s}
    comment: changed
  'PREFIX Odd"one': {bypass_row_security: true, replication: true, create_role: true, member_of: [PREFIX_app]}
tables:
  t:
    columns: {id: integer}
    privileges: {'PREFIX Odd"one': [select]}
"""


class Place:
    """A project over one database and those of the server's roles that begin with a prefix of its own."""

    def __init__(self, server: Server, url: str, folder: Path) -> None:
        self.server, self.url, self.folder = server, url, folder
        self.prefix = f"z{secrets.token_hex(5)}"
        heads = [(self.prefix[:at], self.prefix[at]) for at in range(1, len(self.prefix))]
        others = [f"role {quote}{head}[!{letter}]*" for head, letter in heads for quote in ("", '"')]
        self.project = Project(
            root=folder,
            database=url,
            desired=("desired.yaml",),
            cache=folder / "cache",
            revisions=folder / "revisions",
            manage=("roles", "owners"),
            # The server is shared with other tests: theirs begin with other letters.
            ignore=('role [!z"]*', 'role "[!z]*', *others),
        )

    def wants(self, text: str, name: str = "desired.yaml") -> Project:
        (self.folder / name).write_text(text.replace("PREFIX", self.prefix), encoding="utf-8")
        return replace(self.project, desired=(name,))

    def execute(self, sql: str) -> None:
        self.server.execute(database_of(self.url), sql.replace("PREFIX", self.prefix))

    def names(self) -> set[str]:
        with DIALECT.open(self.url) as session:
            rows = session.query(f"SELECT rolname::text FROM pg_roles WHERE rolname LIKE '{self.prefix}%'")
        return {name.removeprefix(self.prefix) for (name,) in rows}

    def state(self) -> State:
        return api.inspect(self.project)


@pytest.fixture
def place(server: Server, new_database: NewDatabase, tmp_path: Path) -> Iterator[Place]:
    found = Place(server, new_database(server), tmp_path)
    yield found
    for name in sorted(found.names()):
        role = POSTGRESQL.ident(found.prefix + name)
        found.execute(f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}")


@both
def test_there_and_back(place: Place) -> None:
    project = place.wants(OLD)
    before = place.state()
    first = api.plan(project)
    assert first.plan.rehearsal.forward is Proof.PASSED
    assert place.names() == set(), "a plan changes nothing"
    hazards = [(h.code, h.key.name) for step in first.plan.steps for h in step.hazards]
    assert ("secret", f"{place.prefix}_app") in hazards
    api.apply(project, proposal=first)
    assert api.plan(project).plan.empty
    middle = place.state()
    project = place.wants(NEW)
    second = api.plan(project)
    assert ("drop-role", f"{place.prefix}_readers") in [
        (h.code, h.key.name) for step in second.plan.steps for h in step.hazards
    ]
    with pytest.raises(Refused):
        api.apply(project, proposal=second)
    api.apply(project, proposal=second, allow=("drop-role",))
    assert api.plan(project).plan.empty
    assert place.names() == {"_app", ' Odd"one'}
    api.revert(project, api.to_revert(project, last=1), allow=("drop-role",))
    assert place.state() == middle
    api.revert(project, api.to_revert(project, last=1), allow=("all",))
    assert place.state() == before
    assert place.names() == set()


@both
@pytest.mark.parametrize("text", [OLD, NEW])
def test_round_trips_through_yaml_and_sql(place: Place, text: str) -> None:
    project = place.wants(text)
    api.apply(project, proposal=api.plan(project))
    assert api.plan(place.wants(to_yaml(place.state(), DIALECT))).plan.empty
    script = creation_script(api.creation_plan(project), POSTGRESQL, title="all")
    project = place.wants(script, "desired.sql")
    found = api.plan(project)
    # The one thing that a script cannot say without naming the database, which it must not change from outside.
    assert {change.key.kind for change in found.changes} <= {Kind.ROLE_SETTING}, statements(found.plan.phases)


@both
def test_sql_may_say_them_too(place: Place) -> None:
    script = """
    CREATE USER PREFIX_app PASSWORD 'hunter2' CONNECTION LIMIT 3;
    CREATE ROLE PREFIX_readers;
    GRANT PREFIX_readers TO PREFIX_app WITH ADMIN OPTION;
    ALTER ROLE PREFIX_app SET work_mem = '9MB';
    COMMENT ON ROLE PREFIX_readers IS 'they read';
    CREATE TABLE t (a int);
    GRANT SELECT ON t TO PREFIX_readers;
    """
    project = place.wants(script, "desired.sql")
    found = api.plan(project)
    assert any("passwords are left out" in note for note in found.notes)
    assert "hunter2" not in statements(found.plan.phases)
    api.apply(project, proposal=found)
    assert place.names() == {"_app", "_readers"}
    assert api.plan(project).plan.empty
    with pytest.raises(SourceError, match="not managed: it is a superuser"):
        api.plan(place.wants("CREATE ROLE PREFIX_app;\nCREATE ROLE PREFIX_root SUPERUSER", "desired.sql"))
    project = replace(place.wants(script, "desired.sql"), manage=())
    with pytest.raises(SourceError, match=r"desired\.sql:2:5: CREATE USER reaches outside") as refusal:
        api.plan(project)
    assert "manage: [roles]" in refusal.value.hint
    for sql in ("GRANT PREFIX_readers TO PREFIX_app", "COMMENT ON ROLE PREFIX_app IS 'x'"):
        with pytest.raises(SourceError, match="reaches outside"):
            api.plan(replace(place.wants(sql, "desired.sql"), manage=()))


@both
def test_a_role_that_is_there_keeps_its_password(place: Place) -> None:
    place.execute("CREATE ROLE PREFIX_app LOGIN PASSWORD 'hunter2'")
    stored = "SELECT rolpassword FROM pg_authid WHERE rolname = '{}_app'"
    with DIALECT.open(place.url) as session:
        before = session.query(stored.format(place.prefix))
        project = place.wants("roles: {PREFIX_app: {login: true, create_database: true}}")
        found = api.plan(project)
        assert "ALTER ROLE" in statements(found.plan.phases)
        api.apply(project, proposal=found)
        assert session.query(stored.format(place.prefix)) == before
        kept = session.query(
            "SELECT count(*) FROM reconcile_meta.reconcile_history h WHERE h::text ~ 'hunter2|SCRAM-SHA'"
        )
    assert kept == [(0,)]


@both
def test_a_role_that_owns_something_elsewhere_is_not_dropped(place: Place, new_database: NewDatabase) -> None:
    place.execute("CREATE ROLE PREFIX_app; CREATE ROLE PREFIX_other")
    other = new_database(place.server)
    place.server.execute(
        database_of(other), f"CREATE TABLE theirs (a int); ALTER TABLE theirs OWNER TO {place.prefix}_app"
    )
    project = place.wants("roles: {PREFIX_other: }")
    with pytest.raises(CheckFailed, match="owns objects or has privileges") as failure:
        api.apply(project, proposal=api.plan(project), allow=("all",))
    assert database_of(other) in str(failure.value.failures)
    assert place.names() == {"_app", "_other"}
    place.server.execute(database_of(other), f"DROP OWNED BY {place.prefix}_app")


@one
def test_who_does_not_ask_gets_none(place: Place) -> None:
    place.execute("CREATE ROLE PREFIX_app")
    project = replace(place.wants("roles: {PREFIX_new: }\ntables: {t: {columns: {a: int}}}"), manage=())
    found = api.plan(project)
    assert any("'manage: [roles]'" in note for note in found.notes)
    assert {change.key.root.kind for change in found.changes} == {Kind.TABLE}
    assert not any(isinstance(item, Role) for item in api.inspect(project))
    # Whoever asks, and describes none, does not mean that all are to go.
    project = place.wants("tables: {t: {columns: {a: int}}}")
    assert {change.key.root.kind for change in api.plan(project).changes} == {Kind.TABLE}


@one
def test_superusers_and_we_ourselves_are_left_alone(place: Place) -> None:
    place.execute("CREATE ROLE PREFIX_root SUPERUSER; CREATE ROLE PREFIX_app")
    project = place.wants("roles:\n  PREFIX_app:\n  PREFIX_root:\n")
    with pytest.raises(SourceError, match=r"desired\.yaml:3:3: role .*_root is not managed"):
        api.plan(project)
    project = place.wants("roles: {PREFIX_app: {comment: x}}")
    found = api.plan(project)
    assert {change.key.root.name for change in found.changes} == {f"{place.prefix}_app"}
    assert f"superuser {place.prefix}_root" in [item.key.name for item in found.unmanaged]
    with DIALECT.open(place.url) as session:
        ((we,),) = session.query("SELECT current_user::text")
    with pytest.raises(SourceError, match="who we connect as"):
        api.plan(place.wants(f"roles: {{{we}: }}"))


@one
def test_memberships_that_another_granted_are_taken_back(place: Place) -> None:
    place.execute(
        "CREATE ROLE PREFIX_boss CREATEROLE; CREATE ROLE PREFIX_app; CREATE ROLE PREFIX_group;"
        "GRANT PREFIX_group TO PREFIX_boss WITH ADMIN OPTION; SET ROLE PREFIX_boss;"
        "GRANT PREFIX_group TO PREFIX_app WITH INHERIT FALSE, SET FALSE; RESET ROLE"
    )
    (found,) = (m for m in place.state() if isinstance(m, Membership) and m.key.path[0] == f"{place.prefix}_app")
    assert (found.inherit, found.set, found.grantors) == (False, False, (f"{place.prefix}_boss",))
    text = to_yaml(place.state(), DIALECT)
    assert f"{place.prefix}_group: {{inherit: false, set: false}}" in text
    project = place.wants("roles: {PREFIX_boss: {create_role: true}, PREFIX_app: , PREFIX_group: }")
    api.apply(project, proposal=api.plan(project), allow=("all",))
    assert not place.state().of_kind(Kind.MEMBERSHIP)
    assert api.plan(project).plan.empty


@one
def test_revisions_of_roles_are_verified_without_making_any(place: Place) -> None:
    project = place.wants("roles: {PREFIX_app: {login: true}}")
    saved, _ = api.save(project, api.plan(project), message="roles")
    assert api.verify(project) == ()
    assert place.names() == set()
    with pytest.raises(RevisionError, match="cannot be sealed"):
        api.seal(project, saved.id)
    assert place.names() == set()
    api.apply(project)
    assert place.names() == {"_app"}
