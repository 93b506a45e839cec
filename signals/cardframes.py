"""What is the same on every card of a step: the HTML around its words, made once for each language.

A place {} stands for a value, which `markup.Writing` escapes. In the order of the card.
"""

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from signals.markup import icon


@lru_cache
def frames(_language: str | None) -> Mapping[str, str]:
    """Those of the language that is active now, by their name."""
    return _head() | _still_open() | _closed_now() | _outcome() | _fold() | _reach()


NUMBER = '<span class="tel-number">{}</span>'
WHO = '<span class="visually-hidden">: {}</span>'
MOMENT = '<time datetime="{}">{}</time>'


def _head() -> dict[str, str]:
    return {
        "begin": '<article class="step step-{}{}" id="step-{}" aria-labelledby="step-{}-who">\n',
        "tag": '<p class="tag tag-{}"><span class="tag-word">{}</span> <span class="tag-more">{}</span></p>\n',
        "who": '<h{} class="step-who" id="step-{}-who">{}</h{}>\n',
        "report": '<p class="quiet">' + _("For the report of %(at)s") % {"at": "{}"} + "</p>\n",
        "end": "</article>\n",
    }


def _still_open() -> dict[str, str]:
    """What is new or over, who was told, whom to call, by when, and what can be recorded."""
    aside = '<p class="aside">{}<span>{}</span></p>\n'.format
    lapsed, due = _("Close it with a reason."), '<span class="due{}"><time datetime="{{}}">{{}}</time>{}</span>'.format
    button = '<a class="btn btn-{}" href="{{}}">{}{}{}</a>'.format
    done = button("line", _icon("check"), _("Record as done"), WHO)
    decline = button("quiet", "", _("Not doing this"), WHO)
    return {
        "lapsed": aside(_icon("info"), "{}"),
        "lapsed_close": aside(_icon("info"), f"{{}} {lapsed}"),
        "new": aside(_icon("plus"), "<strong>" + _("New.") + "</strong> {}"),
        "told": '<div class="told"><p class="label">' + _("Who was told what") + '</p><ul class="plain">',
        "told_line": '<li><strong>{}</strong>{} <span class="quiet">{}, {}</span><br>',
        "told_text": "{}</li>",
        "told_end": "</ul></div>\n",
        "contact_name": '<p class="step-name">{}</p>\n',
        "does": '<p class="step-does">{}</p>\n',
        "note": aside(_icon("info"), "{}"),
        "notice": f'<p class="aside aside-amber">{_icon("warning")}<span>{{}}</span></p>\n',
        "when_and_who": '<dl class="facts facts-inline">\n',
        "due": _fact(_("By when"), due("", "")),
        "due_late": _fact(_("By when"), due(" due-late", _due_word(_("too late")))),
        "due_soon": _fact(_("By when"), due(" due-soon", _due_word(_("soon")))),
        "actor": _fact(_("Who does it")),
        "facts_end": "</dl>\n",
        "actions": '<p class="step-actions">\n',
        "sheet": button("quiet", _icon("print"), _("Sheet for the call"), WHO) + "\n",
        "record": f"{done}\n{decline}\n</p>\n",
    }


def _closed_now() -> dict[str, str]:
    """Where nobody answers now."""
    begin = f'<div class="aside aside-amber step-closed">{_icon("clock")}<div>\n<p>{{}}{{}}</p>\n'.format
    return {
        "closed_brief": f'<p class="mark-amber">{_icon("clock")}<span>{{}}</span></p>\n',
        "closed": begin("{}", ""),
        "closed_call": begin("{}", " " + _("Can it not wait? Then call:")),
        "call": f'<p class="step-line"><a href="{{}}">{_icon("phone")}<span>{{}} · {NUMBER}</span></a></p>\n',
        "call_text": f'<p class="step-line">{{}} · {NUMBER}</p>\n',
        "closed_end": "<p>" + _("Is there danger? Call 112.") + "</p>\n</div></div>\n",
        "closed_end_practice": "</div></div>\n",
    }


def _outcome() -> dict[str, str]:
    """What came of it, and what was recorded."""
    head = '<p class="outcome-head">{}<strong>{{}}</strong>'.format
    look = _("Look again on %(day)s.") % {"day": "{}"}
    return {
        "head_done": head(_icon("done")),
        "head": head(_icon("declined")),
        "at": f" {MOMENT}",
        "paragraph_end": "</p>\n",
        "reason": "<p>{}</p>\n",
        "finding": "<p>" + _("They told:") + " {}</p>\n",
        "look_again": f"<p>{look}",
        "again": ' <a href="{}">' + _("Open this step again") + WHO + "</a>",
        "facts": '<dl class="facts">\n',
        "by_whom": _fact(_("By")),
        "with_whom": _fact(_("With")),
        "reference_number": _fact(_("Their reference")),
        "shared": _fact(_("What was shared")),
        "ground": _fact(_("On what ground")),
        "consent": _fact(_("Consent")),
        "recorded": _fact(_("Recorded"), f"{{}}, {MOMENT}"),
    }


def _fold() -> dict[str, str]:
    fold = '<details class="fold" data-print-open>\n<summary>{}{}</summary>\n<div class="fold-in">\n'.format
    action = '<p class="step-actions"><a class="btn btn-quiet" href="{{}}">{}{}{}</a></p>\n'.format
    return {
        "fold_open": fold(_("Why this step"), WHO),
        "fold_done": fold(_("More about this step"), WHO),
        "why": "<p>{}</p>\n",
        "source": '<p class="quiet">' + _("Source:") + " {}</p>\n",
        "calendar": action(_icon("calendar"), _("To my calendar"), WHO),
        "reopen": action("", _("Open this step again"), WHO),
        "fold_end": "</div>\n</details>\n",
    }


def _reach() -> dict[str, str]:
    call = _("Call %(who)s:") % {"who": "{}"}
    mail, tab, website = _icon("mail"), _("(opens in a new tab)"), _("Website")
    site = f'{website}{WHO} <span class="quiet">{tab}</span>'
    return {
        "reach": '<div class="step-reach">\n',
        "tel": f'<a class="tel{{}}" href="{{}}">{_icon("phone")}'
        f'<span class="visually-hidden">{call} </span>{NUMBER}</a>\n',
        "phone": f'<p class="tel">{_icon("phone")}{NUMBER}</p>\n',
        "hours": '<p class="step-hours">{}</p>\n',
        "email": f'<p class="step-line"><a href="mailto:{{}}">{mail}<span>',
        "email_end": "</span></a></p>\n",
        "email_text": '<p class="step-line">',
        "email_text_end": "</p>\n",
        "post": '<p class="step-line quiet">{}</p>\n',
        "site": f'<p class="step-line"><a href="{{}}" rel="noreferrer noopener" target="_blank">{_icon("link")}'
        f"<span>{site}</span></a></p>\n",
        "reach_end": "</div>\n",
    }


def _icon(name: str) -> str:
    return f"{icon(name)}\n"


def _due_word(word: str) -> str:
    return f' <span class="due-word">{word}</span>'


def _fact(label: str, value: str = "{}") -> str:
    return f"<div><dt>{label}</dt><dd>{value}</dd></div>\n"
