"""Values in templates, looked up and written the short way where it gives the same."""

from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Node, Variable, VariableNode, render_value_in_context
from django.template.defaulttags import CsrfTokenNode, ForNode, IfNode, URLNode
from django.template.loader_tags import IncludeNode

from signals.markup import escape, filled

NONE = ("", "NOTPROVIDED")  # what there is instead of a token
HIDDEN = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
OTHERWISE = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class Quick(Variable):
    """A name with perhaps others behind it. What is not simply there, or has to be called, Django looks up."""

    def resolve(self, context: Any) -> Any:
        value = context
        try:
            for name in self.lookups or ():
                value = value[name] if hasattr(type(value), "__getitem__") else getattr(value, name)
                if callable(value):
                    return super().resolve(context)
        except OTHERWISE:
            return super().resolve(context)
        return value


class Shown(VariableNode):
    """Writes a value: a text is escaped at once, without asking whether it is a number or a moment."""

    def render_annotated(self, context: Context) -> Any:
        value = self.filter_expression.resolve(context)
        if isinstance(value, str) and context.autoescape:
            return value if hasattr(value, "__html__") else escape(value)
        return render_value_in_context(value, context)


class Token(CsrfTokenNode):
    """The hidden field of a form; Django asks of its one value whether it is lazy, again for each form."""

    def render(self, context: Context) -> Any:
        token = str(context.get("csrf_token") or "")
        return filled(HIDDEN, token) if token not in NONE else super().render(context)


def quick(node: Node) -> Node:
    """The node, with its values looked up the short way."""
    if isinstance(node, IfNode):
        for condition, _nodes in node.conditions_nodelists:
            _quick_condition(condition)
    elif isinstance(node, ForNode):
        _quick(node.sequence)
    elif isinstance(node, URLNode):
        for value in node.args:
            _quick(value)
    elif isinstance(node, IncludeNode):
        for value in node.extra_context.values():
            _quick(value)
    elif type(node) is VariableNode:
        _quick(node.filter_expression)
        return Shown(node.filter_expression)
    elif type(node) is CsrfTokenNode:
        return Token()
    return node


def _quick_condition(part: Any) -> None:
    """part: of a condition; an operator holds what stands before and behind it."""
    for below in (getattr(part, "first", None), getattr(part, "second", None)):
        if below is not None:
            _quick_condition(below)
    if isinstance(getattr(part, "value", None), FilterExpression):
        _quick(part.value)


def _quick(value: Any) -> None:
    """value: a FilterExpression."""
    if type(value.var) is Variable and value.var.lookups and not value.var.translate:
        value.var = Quick(value.var.var)
