"""Templates whose constant parts are worked out once for each language, when they are loaded.

The frame of every page is made of some hundred texts, addresses and icons that are the same for everybody. Looked up
for each request they cost as much as the rest of the page. Here a translated text, an address without arguments, a
static file and an icon become plain text in the loaded template, one copy for each language; what depends on who asks
stays as it is. What a page extends and includes is put into it (schoolsafety/whole.py), and its values are looked
up the short way (schoolsafety/values.py). docs/decisions/0015-fast-pages.md tells what it saves.
"""

from typing import Any

from django.template import Context
from django.template.base import Node, NodeList, Template, TextNode, TokenType, VariableNode
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.translation import get_language

from schoolsafety.values import quick
from schoolsafety.whole import Part, below, is_given, part_named, part_of, put_together, spliced

EMPTY = (LoadNode, CommentNode)  # they show nothing
PLAIN = (TextNode, VariableNode, IfNode)  # of these an included part may be made, to become text itself


class _FoldingLoader(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        if skip is None:
            put_together(template, self)
        _fold(template.nodelist, template)
        return template


class Loader(cached.Loader, _FoldingLoader):
    """Django's cached loader, with one folded copy of a template for each language (and place where the site hangs)."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        part = "" if skip is None else "extended"  # its blocks still have to be found
        return f"{get_language()} {get_script_prefix()} {part} {super().cache_key(template_name, skip)}"


class _OnlyGiven(Context):
    """A context that remembers whether anything was asked that was not given."""

    missed = False

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            self.missed = True
            raise

    def get(self, key: Any, otherwise: Any = None) -> Any:
        self.missed = True
        return super().get(key, otherwise)


def _fold(nodes: NodeList, template: Template) -> None:
    """Replace, in place and all the way down, what is constant by text; neighbouring texts become one."""
    folded: list[Node] = []
    for node in nodes:
        for inner in below(node):
            _fold(inner, template)
        for found in _simpler(node, template):
            if type(found) is TextNode and folded and type(folded[-1]) is TextNode:
                folded[-1] = TextNode(folded[-1].s + found.s)
            elif type(found) is not TextNode or found.s:
                folded.append(found)
    nodes[:] = folded


def _simpler(node: Node, template: Template) -> list[Node]:
    """What shows the same with less work."""
    text = _text(node, template)
    if text is not None:
        return [TextNode(text)]
    if type(node) is Part:
        return spliced(node.nodelist)
    node = quick(node)
    return part_of(node, template) if isinstance(node, IncludeNode) else [node]


def _text(node: Node, template: Template) -> str | None:
    """What a node shows whoever asks; None where that depends."""
    if isinstance(node, TextNode):
        return str(node.s)
    if isinstance(node, EMPTY):
        return ""
    context = _OnlyGiven()
    context.template = template
    if isinstance(node, IncludeNode):
        return _included(node, context, template)
    if not _is_constant(node):
        return None
    try:
        return str(node.render(context))
    except NoReverseMatch:
        return None  # the page says so when somebody asks for it, as it would have


def _is_constant(node: Node) -> bool:
    if getattr(node, "asvar", None) or getattr(node, "varname", None) or getattr(node, "message_context", None):
        return False
    if isinstance(node, TranslateNode):
        return is_given(node.filter_expression)
    if isinstance(node, URLNode):
        return not node.args and not node.kwargs and is_given(node.view_name)
    if isinstance(node, StaticNode):
        return is_given(node.path)
    if isinstance(node, BlockTranslateNode):
        words = (token.token_type == TokenType.TEXT for token in node.singular)
        return not node.plural and not node.extra_context and all(words)
    return False


def _included(node: IncludeNode, context: _OnlyGiven, template: Template) -> str | None:
    """The text of an included part that uses nothing but the constants given to it, such as an icon."""
    part = part_named(node, template) if all(is_given(value) for value in node.extra_context.values()) else None
    if part is None:
        return None
    if not all(isinstance(held, PLAIN) for held in part.nodelist.get_nodes_by_type(Node)):
        return None
    text = str(node.render(context))
    return None if context.missed else text
