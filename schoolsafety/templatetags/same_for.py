"""A part of a page that reads the same for everybody with the same values: written once for each of them.

`{% same_for may here %}…{% endsame_for %}`: what stands between knows these values and nothing else, neither the
request nor the person, so that what is kept can't hold anything of somebody.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.template import Context, Engine, Node, NodeList
from django.template.base import Parser, Template, Token
from django.utils.translation import get_language

register = template.Library()
KEPT = 256


class SameForNode(Node):
    """names: of the values that the part knows; they have to be hashable."""

    def __init__(self, nodelist: NodeList, names: list[str]) -> None:
        self.nodelist, self.names = nodelist, names
        self.written = lru_cache(maxsize=KEPT)(self._written)

    def render(self, context: Context) -> Any:
        engine = context.template.engine  # type: ignore[union-attr]
        return self.written(engine, get_language(), *(context.get(name, "") for name in self.names))

    def _written(self, engine: Engine, _language: str | None, *values: object) -> Any:
        only = Context(dict(zip(self.names, values, strict=True)))
        only.template = Template("", engine=engine)
        return self.nodelist.render(only)


@register.tag
def same_for(parser: Parser, token: Token) -> SameForNode:
    """Take the names up to the end of the tag."""
    nodelist = parser.parse(("endsame_for",))
    parser.delete_first_token()
    return SameForNode(nodelist, token.split_contents()[1:])
