"""Names from spreadsheets and other languages, and what is written for them here."""

FUNCTIONS = {
    "today": "write `today`, without brackets",
    "now": "write `now`, without brackets",
    "if": "write an `if` step, or name the value with `define`",
    "and": "write `and` between the conditions: `a and b`",
    "or": "write `or` between the conditions: `a or b`",
    "not": "write `not` before the condition: `not a`",
    "isblank": "write `… is unknown`",
    "isempty": "write `… is unknown`",
    "isnull": "write `… is unknown`",
    "ifnull": "write `… otherwise …`",
    "coalesce": "write `… otherwise …`",
    "iferror": "write `… otherwise …`",
    "countif": "write `count(purchase where …)`",
    "countifs": "write `count(purchase where …)`",
    "sumif": "write `sum(purchase.amount where …)`",
    "sumifs": "write `sum(purchase.amount where …)`",
    "averageif": "write `average(purchase.amount where …)`",
    "avg": "write `average(…)`",
    "mean": "write `average(…)`",
    "days": "write `days_since(…)`, or `days_until(…)`",
    "datedif": "write `days_since(…)`, or `days_until(…)`",
    "datediff": "write `days_since(…)`, or `days_until(…)`",
    "dateadd": "write `… + 3 days`",
    "edate": "write `… + 3 months`",
    "len": "write `length(…)`",
    "concat": "texts are joined in the template: `{{ contact.first_name }}`",
    "concatenate": "texts are joined in the template: `{{ contact.first_name }}`",
    "exists": "write `any(purchase)`, or `… is known`",
    "has": 'write `any(purchase)`, or `"vip" in tags`',
    "has_tag": 'write `"vip" in tags`',
    "hastag": 'write `"vip" in tags`',
    "in_list": 'write `"news" in lists`',
    "opened": 'give the message a name, `send email "…" as first`, and ask `first.opened`',
    "clicked": 'give the message a name, `send email "…" as first`, and ask `first.clicked`',
    "sent": 'give the message a name, `send email "…" as first`, and ask `first.sent`',
    "bounced": 'give the message a name, `send email "…" as first`, and ask `first.bounced`',
    "maximum": "write `max(…)`",
    "minimum": "write `min(…)`",
}
"""A function's name in small letters -> what is written instead."""

VALUES = {
    **dict.fromkeys(("TRUE", "True", "yes", "Yes", "YES"), "write `true`"),
    **dict.fromkeys(("FALSE", "False", "no", "No", "NO"), "write `false`"),
    **dict.fromkeys(
        ("null", "NULL", "Null", "none", "None", "nil", "empty", "blank"),
        "write `is unknown` or `is known` in place of the comparison",
    ),
    "tomorrow": "write `today + 1 day`",
    "yesterday": "write `today - 1 day`",
}
"""A name that is meant as a value -> what is written instead."""

NO_FIELDS = frozenset(
    {"TRUE", "True", "FALSE", "False", "null", "NULL", "Null", "None", "nil", "tomorrow", "yesterday"}
)
"""Names that nobody gives to a field: they are reported where every name may be one."""

EVERYBODY = frozenset({"all", "everyone", "everybody", "anyone", "any", "people", "users", "subscribers"})
"""What an audience of all contacts is called elsewhere."""

TYPES = {
    **dict.fromkeys(("int", "integer", "float", "decimal", "double", "money", "currency", "amount"), "number"),
    **dict.fromkeys(("string", "str", "varchar", "char", "email", "phone", "url", "id"), "text"),
    **dict.fromkeys(("bool", "checkbox", "yesno", "flag"), "boolean"),
    **dict.fromkeys(("timestamp", "time"), "datetime"),
    **dict.fromkeys(("array", "list", "tags", "multiselect"), "list of text"),
    **dict.fromkeys(("enum", "dropdown", "select", "choice"), '"one" | "two"'),
    "interval": "duration",
}
"""A type's name elsewhere, in small letters -> what it is called here."""
