"""Quotas against the contacts of the data: whether they suffice if each contact gets the most that it can."""

from collections import Counter
from collections.abc import Iterable

from wend.dsl.bounds.most import most_of
from wend.dsl.bounds.quota import together
from wend.dsl.diagnostics import Diagnostic
from wend.dsl.program import Journey, Program, Quota
from wend.runtime.effects import Facts
from wend.runtime.evaluation.interpret import Env, evaluate
from wend.runtime.tick.intake import address_of


def check_quotas(program: Program, contacts: Iterable[Env], facts: Facts) -> tuple[Diagnostic, ...]:
    """The quotas that can run out: counted are those who have an address and agreed, as the data are now.

    Args:
        contacts: what an expression sees of each contact, at one time.
        facts: which field holds the address of a channel.
    """
    envs = list(contacts) if program.settings.quotas else []
    return tuple(each for quota in program.settings.quotas for each in _check(program, quota, envs, facts))


def _check(program: Program, quota: Quota, envs: list[Env], facts: Facts) -> Iterable[Diagnostic]:
    sending = [each.journey for each in most_of(program, quota.channel, quota.unit).journeys]
    groups: Counter[frozenset[str]] = Counter()
    for env in envs:
        if address_of(env.contact, quota.channel, facts) is None and not _own_address(sending, quota.channel):
            groups[frozenset()] += 1
        else:
            agreed = (j.name for j in sending if j.transactional or _agreed(program, j, quota.channel, env))
            groups[frozenset(agreed)] += 1
    yield from together(program, quota, groups)


def _agreed(program: Program, journey: Journey, channel: str, env: Env) -> bool:
    rules = program.settings.consents_for(channel, journey.topic)
    return all(evaluate(rule.condition, env).value is True for rule in rules)


def _own_address(journeys: list[Journey], channel: str) -> bool:
    """Whether a message says itself where it goes."""
    ops = (op for journey in journeys for op in journey.operations)
    return any(getattr(op, "channel", None) == channel and getattr(op, "to", None) is not None for op in ops)
