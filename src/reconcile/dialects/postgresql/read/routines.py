"""Routines: functions, procedures, aggregates; what an extension made stays the extension's."""

from __future__ import annotations

from typing import Any

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.dialects.postgresql.read.queries import Row
from reconcile.state import Aggregate, Key, Kind, Options, Parameter, Routine

_KINDS = {"f": Kind.FUNCTION, "w": Kind.FUNCTION, "p": Kind.PROCEDURE, "a": Kind.AGGREGATE}
_VOLATILITY = {"i": "immutable", "s": "stable"}
_PARALLEL = {"s": "safe", "r": "restricted"}
_MODES = {"i": "in", "o": "out", "b": "inout", "v": "variadic", "t": "table"}
_MODIFY = {"r": "read_only", "s": "shareable", "w": "read_write"}


def read_routines(reading: Reading) -> None:
    """Every routine by what the catalog has of it: the server prints arguments, result and standard bodies."""
    aggregates = {row[0]: row for row in reading.rows("aggregates")}
    for row in reading.rows("routines"):
        oid, namespace, name, kind, language, arguments, result, identity = row[:8]
        address = (Catalog.PROC, oid)
        if address in reading.of_extensions:
            continue
        if row[25] is not None:  # a constructor of a range type: part of that
            owner = reading.locate(Catalog.TYPE, row[25])
            if owner is not None:
                reading.addresses[address] = owner
            continue
        key = Key(_KINDS[kind], reading.namespaces[namespace], f"{name}({identity})")
        reading.addresses[address] = key
        if kind == "a":
            reading.add(Aggregate(key=key, arguments=arguments or "*", options=_aggregate_options(aggregates[oid])))
        else:
            reading.add(_routine(key, row, language, arguments, result))
        if namespace in reading.schema_keys:
            reading.needs.append((key, reading.schema_keys[namespace]))


def _routine(key: Key, row: Row, language: str, arguments: str, result: str | None) -> Routine:
    source, library, standard = row[8:11]
    modes, names, types, optional = row[21:25]
    options = _options(row)
    if library is not None:
        options.append(("library", library))
    return Routine(
        key=key,
        arguments=arguments,
        returns=result,
        language=language,
        body=source if standard is None else standard,
        standard=standard is not None,
        options=tuple(sorted(options)),
        settings=tuple((name, value) for name, _, value in (text.partition("=") for text in row[20] or ())),
        parameters=_parameters(modes, names, types or [], optional),
    )


def _options(row: Row) -> list[tuple[str, str]]:
    kind, volatility, parallel, strict, definer, leakproof, cost, rows, support, transforms = row[3], *row[11:20]
    options: list[tuple[str, str]] = []
    if volatility in _VOLATILITY:
        options.append(("volatility", _VOLATILITY[volatility]))
    if parallel in _PARALLEL:
        options.append(("parallel", _PARALLEL[parallel]))
    options += [
        (word, "true") for word, is_set in (("strict", strict), ("leakproof", leakproof), ("window", kind == "w"))
        if is_set
    ]  # fmt: skip
    if definer:
        options.append(("security", "definer"))
    options += [(word, text) for word, text in (("cost", cost), ("rows", rows), ("support", support)) if text]
    if transforms:
        options.append(("transform", ", ".join(transforms)))
    return options


def _parameters(
    modes: list[str] | None, names: list[str] | None, types: list[str], optional: int
) -> tuple[Parameter, ...]:
    """Defaults belong to the last of the input parameters."""
    modes = modes or ["i"] * len(types)
    names = names or [""] * len(types)
    inputs = [number for number, mode in enumerate(modes) if mode in "ibv"]
    with_default = set(inputs[len(inputs) - optional :]) if optional else set()
    return tuple(
        Parameter(mode=_MODES[mode], name=name or None, type=type_, optional=number in with_default)
        for number, (mode, name, type_) in enumerate(zip(modes, names, types, strict=True))
    )


def _aggregate_options(row: Row) -> Options:
    (
        _, kind, sfunc, stype, sspace, final, final_extra, final_modify, combine, serial, deserial, initial,
        m_sfunc, m_inverse, m_stype, m_sspace, m_final, m_final_extra, m_final_modify, m_initial, sort, parallel,
    ) = row  # fmt: skip
    found: dict[str, Any] = {
        "sfunc": sfunc,
        "stype": stype,
        "sspace": sspace,
        "finalfunc": final,
        "finalfunc_extra": "true" if final_extra else None,
        "finalfunc_modify": _MODIFY.get(final_modify),
        "combinefunc": combine,
        "serialfunc": serial,
        "deserialfunc": deserial,
        "initcond": initial,
        "msfunc": m_sfunc,
        "minvfunc": m_inverse,
        "mstype": m_stype,
        "msspace": m_sspace,
        "mfinalfunc": m_final,
        "mfinalfunc_extra": "true" if m_final_extra else None,
        "mfinalfunc_modify": _MODIFY.get(m_final_modify),
        "minitcond": m_initial,
        "sortop": sort,
        "parallel": _PARALLEL.get(parallel),
        "hypothetical": "true" if kind == "h" else None,
    }
    return tuple(sorted((name, text) for name, text in found.items() if text is not None))
