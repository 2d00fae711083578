"""What is not decided: both ways of an `if`, loops of unknown length, statements that fail.

Every way is followed, and what has changed is compared. A place that all ways leave alike keeps its value; any other
place is unknown from there on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from convcalc.errors import ConvcalcError
from convcalc.read.code.live import Live
from convcalc.read.code.outcomes import Outcome, same
from convcalc.read.code.scope import content_of, restore
from convcalc.read.code.signals import Signal, Thrown
from convcalc.read.code.site import Site
from convcalc.read.code.values import MISSING, Data, Inert, Thing, Unknown

if TYPE_CHECKING:
    from convcalc.read.code.machine import Machine

_MOST_ROUNDS = 4


class Branches:
    """Follows what is undecided.

    With ``strict`` a defect of the reader ends in a traceback; without, what the statement changes is unknown.
    """

    strict = False

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def attempt(self, work: Callable[[], Any], doubt: Unknown | None = None) -> Outcome:
        """Follows one way, which stays in force; ``doubt`` says why it is not known whether it is taken."""
        machine, outcome = self._machine, Outcome()
        models, doubts = len(machine.session.models), len(machine.doubts)
        machine.doubts.extend([] if doubt is None else [doubt])
        machine.journal.begin()
        try:
            found = work()
            outcome.signal = found if isinstance(found, Signal) else None
            outcome.value = found
        except Thrown as thrown:
            outcome.thrown = thrown
        finally:
            changed = machine.journal.end()
            del machine.doubts[doubts:]
        outcome.models = len(machine.session.models) - models
        outcome.changes = {id(thing): (thing, before, content_of(thing)) for thing, before in changed}
        return outcome

    def undo(self, outcome: Outcome) -> None:
        """Takes back what a way has changed."""
        for thing, before, _ in outcome.changes.values():
            restore(thing, before)

    def redo(self, outcome: Outcome) -> None:
        """Puts in force again what a way has changed."""
        for thing, _, after in outcome.changes.values():
            self._machine.journal.touch(thing)
            restore(thing, after)

    def split(self, node: ast.If, rest: Sequence[ast.stmt], lost: Unknown) -> Signal | None:
        """Follows both ways of an `if`, and what comes after it in the same block."""
        block = self._machine.follow.block
        first = self.attempt(lambda: block(node.body), lost)
        self.undo(first)
        second = self.attempt(lambda: block(node.orelse), lost)
        chosen = self._only(first, second, node)
        if chosen is not None:
            if chosen is first:
                self.undo(second)
                self.redo(first)
            if chosen.thrown:
                raise chosen.thrown
            return chosen.signal or block(rest)
        if first.signal is None and second.signal is None:
            self._join(first, second, lost)
            return block(rest)
        return self._uneven(first, second, rest, lost)

    def _uneven(self, first: Outcome, second: Outcome, rest: Sequence[ast.stmt], lost: Unknown) -> Signal | None:
        """Goes on with the way that does not leave the block, and joins the ways at its end."""
        block = self._machine.follow.block
        if second.signal is None:
            second.then(self.attempt(lambda: block(rest), lost))
        elif first.signal is None:
            self.undo(second)
            self.redo(first)
            first.then(self.attempt(lambda: block(rest), lost))
            first, second = second, first
        if second.thrown:
            self.undo(second)
            self.redo(first)
            return first.signal
        self._join(first, second, lost)
        return self._both(first.signal, second.signal, lost)

    def tried(self, node: ast.Try | ast.TryStar) -> Signal | None:
        """Follows what is tried. Where this loses a value, and what is done otherwise makes a model, it has failed."""
        block = self._machine.follow.block
        self._machine.trying += bool(node.handlers)
        try:
            first = self.attempt(lambda: block(node.body))
        finally:
            self._machine.trying -= bool(node.handlers)
        if first.thrown:
            raise first.thrown
        if first.models or not node.handlers or not _loses(first):
            return first.signal
        self.undo(first)
        second = self.attempt(lambda: block(node.handlers[0].body))
        if second.models and not second.thrown:
            line = self._machine.place(node.body[0])
            self._machine.note(
                f"{line.location}: it is taken that this fails, and that the model is made behind except"
            )
            return second.signal
        self.undo(second)
        self.redo(first)
        return first.signal

    def _both(self, one: Signal | None, two: Signal | None, lost: Unknown) -> Signal | None:
        """How a block is left that is left in one of two ways."""
        if one and two and one.how == two.how:
            return Signal(one.how, self.joined(one.value, two.value, lost), one.maybe or two.maybe)
        for signal in (one, two):
            if signal and signal.how == "return":
                self._machine.frame.maybe.append((signal.value, lost))
        left = next((one for one in (one, two) if one and one.how == "break"), None)
        return Signal("break", maybe=True) if left else None

    def _only(self, first: Outcome, second: Outcome, node: ast.If) -> Outcome | None:
        """The way that is taken where only one of two can be meant; None where both can."""
        if first.thrown or second.thrown:
            return second if first.thrown else first
        if bool(first.models) == bool(second.models):
            return None
        chosen = first if first.models else second
        line = self._machine.place(node.test)
        way = "holds" if chosen is first else "does not hold"
        self._machine.note(
            f"{line.location}: it is taken that {ast.unparse(node.test)[:60]} {way}, which is not known here"
        )
        return chosen

    def either(self, node: ast.IfExp, lost: Unknown) -> Any:
        """The value of ``a if unknown else b``."""
        value = self._machine.evaluate.value
        first = self.attempt(lambda: value(node.body), lost)
        self.undo(first)
        second = self.attempt(lambda: value(node.orelse), lost)
        self._join(first, second, lost)
        return self.joined(first.value, second.value, lost)

    def _join(self, first: Outcome, second: Outcome, lost: Unknown) -> None:
        """Makes unknown what two ways leave differently; the second way is in force."""
        for key in {**first.changes, **second.changes}:
            thing = (first.changes.get(key) or second.changes[key])[0]
            one = first.changes[key][2] if key in first.changes else second.changes[key][1]
            two = second.changes[key][2] if key in second.changes else first.changes[key][1]
            self._machine.journal.touch(thing)
            self._merge(thing, one, two, lost)

    def _merge(self, thing: Any, one: Any, two: Any, lost: Unknown) -> None:
        if thing is self._machine.session.numbers.counts:  # names go on behind both ways
            thing.update({name: max(one.get(name, 0), two.get(name, 0)) for name in {**one, **two}})
            return
        if isinstance(thing, Live):
            self._doubt(thing, one, two, lost)
        elif isinstance(one, dict):
            whole = thing if isinstance(thing, dict) else vars(thing)
            for name in {**one, **two}:
                whole[name] = self.joined(one.get(name, MISSING), two.get(name, MISSING), lost)
        elif not same(one, two):
            self._machine.taint(thing, lost)

    def _doubt(self, live: Live, one: dict[str, Any], two: dict[str, Any], lost: Unknown) -> bool:
        """Says of a layer or a model that it is not known, where two ways leave it differently."""
        differs = any(not same(one.get(name), two.get(name)) for name in {**one, **two})
        if differs:
            live.lost = live.lost or Unknown(lost.cause)
        return differs

    def joined(self, one: Any, two: Any, lost: Unknown) -> Any:
        """The value that is one of two."""
        return one if same(one, two) else Unknown(lost.cause)

    def for_loop(self, node: ast.For | ast.AsyncFor) -> Signal | None:
        """Follows a loop over members, turn by turn as long as they are known."""
        machine = self._machine
        over = machine.evaluate.value(node.iter)
        members = machine.evaluate.items(over, node.iter)
        if isinstance(members, Unknown):
            return self._for_elements(node, over, members)
        begun = machine.budget.steps
        for member in members:
            if self._is_idle(begun):
                lost = machine.unknown("this loop is long, and its end is not worked out", node)
                return self._rest(node, lost)
            machine.follow.bind(node.target, member)
            signal = machine.follow.block(node.body)
            if signal is not None and signal.how != "continue":
                if signal.maybe:
                    lost = machine.unknown("whether this loop ends early is not known", node)
                    return self._rest(node, lost)
                return None if signal.how == "break" else signal
        return machine.follow.block(node.orelse)

    def _for_elements(self, node: ast.For | ast.AsyncFor, over: Any, lost: Unknown) -> Signal | None:
        """Follows a loop over what has an unknown number of members. A data set has a first element for certain."""
        machine = self._machine
        turns = over.method("turns") if isinstance(over, Thing) else None
        if turns:
            count = turns(Site(machine, node))
            machine.follow.bind(node.target, self._member(over, lost))
            signal = machine.follow.block(node.body)
            if signal is not None and signal.how != "continue" and not signal.maybe:
                return None if signal.how == "break" else signal
            if count == 1 and (signal is None or not signal.maybe):
                return machine.follow.block(node.orelse)
        return self._blurred(node, lambda: machine.follow.bind(node.target, self._member(over, lost)), lost)

    def _rest(self, node: ast.For | ast.AsyncFor, lost: Unknown) -> Signal | None:
        """Follows the turns of a loop that are left, of which the number and the members are not known."""
        return self._blurred(node, lambda: self._machine.follow.bind(node.target, lost), lost)

    def while_loop(self, node: ast.While) -> Signal | None:
        """Follows a loop as long as its condition is known."""
        machine = self._machine
        begun = machine.budget.steps
        while True:
            truth = machine.evaluate.truth(node.test)
            if isinstance(truth, Unknown):
                return self._blurred(node, lambda: None, truth)
            if not truth:
                return machine.follow.block(node.orelse)
            if self._is_idle(begun):
                lost = machine.unknown("this loop is long, and its end is not worked out", node)
                return self._blurred(node, lambda: None, lost)
            signal = machine.follow.block(node.body)
            if signal is not None and signal.how != "continue":
                if signal.maybe:
                    lost = machine.unknown("whether this loop ends early is not known", node)
                    return self._blurred(node, lambda: None, lost)
                return None if signal.how == "break" else signal

    def _is_idle(self, begun: int) -> bool:
        """Whether a loop has gone on for long without making anything of a model.

        A loop that may not run at all, or that another loop repeats an unknown number of times, has less time.
        """
        budget = self._machine.budget
        return budget.steps - max(begun, budget.last) > budget.PATIENCE / (10 if self._machine.doubts else 1)

    def _member(self, over: Any, lost: Unknown) -> Any:
        """What stands for every member of something that has an unknown number of them."""
        own = over.method("element") if isinstance(over, Thing) else None
        if own:
            return own(Site(self._machine, self._machine.frame.node))
        if isinstance(over, Data) and len(over.shape):
            return Data(over.shape[1:], over.dtype, labels=over.labels)
        return Unknown(lost.cause)

    def _blurred(self, node: Any, begin: Callable[[], None], lost: Unknown) -> Signal | None:
        """Follows the body of a loop that is run an unknown number of times; what it changes is unknown."""

        def turn() -> Signal | None:
            begin()
            return self._machine.follow.block(node.body)

        signal: Signal | None = None
        yielded = len(self._machine.frame.yielded)
        earlier: dict[int, Any] = {}
        known: set[tuple[int, Any]] = set()
        for _ in range(_MOST_ROUNDS):
            outcome = self.attempt(turn, lost)
            signal = outcome.signal or signal
            found = self._blur(outcome, earlier, lost)
            earlier = {key: change[2] for key, change in outcome.changes.items()}
            if found <= known:
                break
            known |= found
        if signal is not None and signal.how == "return":
            self._machine.frame.maybe.append((signal.value, lost))
        if len(self._machine.frame.yielded) > yielded:
            self._machine.frame.endless = lost
        return None

    def _blur(self, outcome: Outcome, earlier: dict[int, Any], lost: Unknown) -> set[tuple[int, Any]]:
        """Makes unknown what a turn has changed; the places that it has changed."""
        found: set[tuple[int, Any]] = set()
        for key, (thing, before, after) in outcome.changes.items():
            if thing is self._machine.session.numbers.counts:
                continue
            if isinstance(thing, Live):
                if self._doubt(thing, before, after, lost):
                    found.add((key, None))
                continue
            if not isinstance(after, dict):
                if not same(before, after):
                    found.add((key, None))
                    self._machine.taint(thing, lost)
                continue
            whole = thing if isinstance(thing, dict) else vars(thing)
            last = earlier.get(key, {})
            for name, value in after.items():
                if name in before and same(before[name], value) or name in last and same(last[name], value):
                    continue
                found.add((key, name))
                if name in before or name in last:
                    whole[name] = Unknown(lost.cause)
        return found

    def whole(self, statement: ast.stmt) -> None:
        """Follows a statement of a module. What it changed before it failed, and all that it binds, is unknown."""
        machine = self._machine
        frame, scope, depth = machine.frame, machine.frame.scope, machine.budget.depth
        frame.node = statement
        machine.journal.begin()
        failed: Unknown | None = None
        try:
            machine.follow.block([statement])
        except Thrown as thrown:
            failed = machine.unknown(f"the script raises an error here: {_said(thrown)}", statement)
        except RecursionError:
            failed = machine.unknown("this is nested too deeply", statement)
        except ConvcalcError as error:
            if error.code == "too-many-steps":
                raise
            failed = Unknown(machine.unknown(error.message, statement).cause)
            failed.cause.error = error
        except Exception as error:
            if self.strict:
                raise
            failed = machine.unknown(f"this is not followed ({type(error).__name__})", statement)
        finally:
            changed = machine.journal.end()
            machine.frame, machine.frame.scope, machine.budget.depth = frame, scope, depth
        if failed:
            for thing, before in changed:
                self._lose_change(thing, before, failed)
            self.lose_bound(statement, failed)

    def _lose_change(self, thing: Any, before: Any, lost: Unknown) -> None:
        after = content_of(thing)
        if not isinstance(after, dict) or thing is self._machine.session.numbers.counts:
            if not isinstance(after, dict) and not same(before, after):
                self._machine.taint(thing, lost)
            return
        if isinstance(thing, Live):
            self._doubt(thing, before, after, lost)
            return
        whole = thing if isinstance(thing, dict) else vars(thing)
        for name, value in after.items():
            if not (name in before and same(before[name], value)):
                whole[name] = Unknown(lost.cause)

    def lose(self, statement: ast.stmt, message: str) -> None:
        """Makes unknown what a statement binds that is not followed."""
        self.lose_bound(statement, self._machine.unknown(message, statement))

    def lose_bound(self, statement: ast.stmt, lost: Unknown) -> None:
        """Makes unknown all names that a statement binds."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._machine.follow.store(node.id, Unknown(lost.cause))
            elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node is statement:
                self._machine.follow.store(node.name, Unknown(lost.cause))


def _loses(outcome: Outcome) -> bool:
    """Whether a way gives some name or attribute a value that is not known."""
    return any(
        isinstance(value, Unknown) and not isinstance(value, Inert)
        for _, before, after in outcome.changes.values()
        if isinstance(after, dict)
        for name, value in after.items()
        if before.get(name) is not value
    )


def _said(thrown: Thrown) -> str:
    return ast.unparse(thrown.node)[:60]
