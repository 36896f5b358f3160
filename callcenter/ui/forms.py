"""What forms share: the CSRF token, messages in our words, and keeping what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import EnumType
from typing import Any

from flask import Flask, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms import DateField, Field, FileField, IntegerField, StringField, TimeField
from wtforms.validators import Length, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, RadioInput, Select

from callcenter.domain.calendar.times import YEARS
from callcenter.domain.codes import Code
from callcenter.domain.errors import HelplineError
from callcenter.domain.typed_text import plain, whole_number
from callcenter.ui.form_words import OUR_WORDS, OurWords

csrf = CSRFProtect()
SUBMITS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Options = Sequence[tuple[str, str]]
"""Values with their labels, as a list offers them."""


@dataclass(frozen=True)
class Problem:
    """One thing to correct: the field's id (None for the form as a whole) and a sentence."""

    field: str | None
    message: str

    @classmethod
    def of(cls, refused: HelplineError, field: str | None = None) -> Problem:
        """Return the problem of a refused rule, at the field that it names, else at *field*."""
        return cls(refused.field or field, refused.message)


def install(
    app: Flask, *, vouched: Callable[[], bool] = lambda: False, guarded_elsewhere: frozenset[str] = frozenset()
) -> None:
    """Check the CSRF token of every post, except in the blueprints named, which machines post to.

    *vouched* returns whether a post carries a token that another session than staff's gave out.
    """
    # A form left open over a long call must still be accepted; the signed-in session bounds its life.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    # Our pages send no referrer, so its absence must not be held against a form; the token and SameSite guard it.
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked for below instead, where the blueprint is known
    csrf.init_app(app)
    app.jinja_env.filters["question"] = Question.of

    @app.before_request
    def ask_for_token() -> None:
        if request.routing_exception is not None:
            return  # there is no such address; the router says so
        if (request.endpoint or "").split(".")[0] not in guarded_elsewhere and not (
            request.method in SUBMITS and vouched()
        ):
            csrf.protect()


class Form(FlaskForm):
    """The base of our forms: messages in our words, and room for a rule's refusal."""

    class Meta(FlaskForm.Meta):
        """How every form is read."""

        def get_translations(self, _form: Any) -> OurWords:
            return OUR_WORDS

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what was posted: texts, and files only where a form asks for some; JSON is no form."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata  # said by the view, such as what stands in an address
            if request.method not in SUBMITS:
                return None
            asked = {field.name for field in form if isinstance(field, FileField)}
            if not asked:
                return request.form or None
            texts = [(name, text) for name, text in request.form.items(multi=True) if name not in asked]
            files = [(name, file) for name, file in request.files.items(multi=True) if name in asked]
            return ImmutableMultiDict[str, Any]([*texts, *files])

    form_errors: list[str]

    @property
    def problems(self) -> list[Problem]:
        """Return what is to be corrected: for the form as a whole, then field by field."""
        fields: Iterable[Any] = self
        whole = [Problem(None, str(message)) for message in self.form_errors]
        return whole + [problem for field in fields for problem in problems_of(field)]

    def check(self) -> None:
        """Raise the first problem as a ``HelplineError``, for a form without a page to correct it on."""
        if not self.validate():
            raise self.refusal

    @property
    def refusal(self) -> HelplineError:
        """Return the first problem as an error, for a script that says it while the form stays as it is."""
        return HelplineError(self.problems[0].message)

    def refuse(self, refused: HelplineError, field: str | None = None) -> None:
        """Add a rule's refusal at the field that it names (else *field*), or at the top."""
        self.add(refused.field or field, refused.message)

    def add(self, field: str | None, message: str) -> None:
        """Add a message at a field, at the top if the form has no such field."""
        fields: Iterable[Any] = self
        where = next((one for one in fields if one.id == field), None)
        if where is None:
            self.form_errors = [*self.form_errors, message]
        else:
            where.errors = [*where.errors, message]


class AtMost(Length):
    """A validator that refuses longer texts before any other looks at them."""

    def __init__(self, longest: int, message: str | None = None) -> None:
        super().__init__(max=longest, message=message)

    def __call__(self, form: Any, field: Any) -> None:
        try:
            super().__call__(form, field)
        except ValidationError as too_long:
            raise StopValidation(str(too_long)) from None


Codes = type[Code] | Mapping[Any, str]
"""A code list, or codes (members of an enum, or texts) with their labels."""


class ChoiceField(Field):
    """A choice of one code; ``data`` is the code, None if it is not on the list.

    *blank* is the label of an empty answer, if there is one. *refusal* is said of anything that is not on the list,
    and of an empty answer where one is *needed*. A long list may come as a function.
    """

    widget = Select()
    data: Any

    def __init__(
        self,
        label: str,
        codes: Codes | Callable[[], Codes],
        *,
        refusal: str | None = None,
        blank: str | None = None,
        needed: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.labels = _labels(codes)
        self.refusal, self.blank, self.needed = refusal, blank, needed

    @property
    def options(self) -> Options:
        """Return the answers for a list, the empty one first."""
        first = [] if self.blank is None else [("", self.blank)]
        return [*first, *((str(code), label) for code, label in self.labels.items())]

    def process_formdata(self, values: list[str]) -> None:
        if values:
            self.data = next((code for code in self.labels if str(code) == values[0]), None)

    def pre_validate(self, _form: Any) -> None:
        said_nothing = not self.raw_data or not self.raw_data[0]
        if self.data is None and (self.needed or not said_nothing):
            raise StopValidation(self.refusal or self.gettext("Not a valid choice."))

    def shown(self) -> tuple[str, ...]:
        """Return what is chosen, as the page sends it."""
        return ("",) if self.data is None else (str(self.data),)


class RadioChoiceField(ChoiceField):
    """A choice of one code, with all answers in sight."""

    widget = RadioInput()


class ManyChoicesField(ChoiceField):
    """A choice of several codes; ``data`` has them in the order of the list."""

    widget = CheckboxInput()

    def process_formdata(self, values: list[str]) -> None:
        self.data = tuple(code for code in self.labels if str(code) in values)

    def pre_validate(self, _form: Any) -> None:
        pass

    def shown(self) -> tuple[str, ...]:
        return tuple(str(code) for code in self.data or ())


class DayField(DateField):
    """A day; digits of any width, within the years that we reckon with."""

    data: Any

    def process_formdata(self, values: list[str]) -> None:
        super().process_formdata([plain(one) for one in values])
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(self.invalid_value_message or self.gettext("Not a valid date value."))


class ClockField(TimeField):
    """A time of day; digits of any width."""

    def __init__(self, label: str, validators: Sequence[Any] | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%H:%M", "%H:%M:%S"], **kwargs)

    def process_formdata(self, values: list[str]) -> None:
        super().process_formdata([plain(one) for one in values])


class NumberField(IntegerField):
    """A whole number that every database stores; digits of any width."""

    data: Any

    def process_formdata(self, values: list[str]) -> None:
        if values:
            self.data = whole_number(values[0])
            if self.data is None:
                raise ValueError(self.gettext("Not a valid integer value."))


class ListField(StringField):
    """One out of a list that comes with the page, such as colleagues; ``data`` is what was sent.

    *blank* is the label of an empty answer, if there is one. Whether the answer may be chosen is for the rule to say
    that acts on it.
    """

    widget = Select()

    def __init__(self, label: str, *, blank: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.blank = blank
        self.listed: Options = ()

    @property
    def options(self) -> Options:
        """Return the answers as the page offers them, the empty one first."""
        first = [] if self.blank is None else [("", self.blank)]
        return [*first, *self.listed]


@dataclass(frozen=True)
class Question:
    """A field as the macros of ``parts/field.html`` draw it, with what was typed and its problems."""

    name: str
    label: str
    hint: str | None
    kind: str
    value: str
    chosen: tuple[str, ...]
    options: Options
    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, field: Any) -> Question:
        shown = _shown(field)
        return cls(
            name=field.name,
            label=field.label.text,
            hint=field.description or None,
            kind="select" if isinstance(field.widget, Select) else getattr(field.widget, "input_type", "textarea"),
            value=shown[0] if shown else "",
            chosen=shown,
            options=field.options if isinstance(field, ChoiceField | ListField) else (),
            problems=tuple(problems_of(field)),
        )


def problems_of(field: Any) -> list[Problem]:
    """Return the problems of a field."""
    return [Problem(field.id, str(message)) for message in field.errors]


def _shown(field: Any) -> tuple[str, ...]:
    """Return what was typed or chosen as it is, else what the field holds."""
    if field.raw_data and all(isinstance(one, str) for one in field.raw_data):
        return tuple(field.raw_data)
    return field.shown() if isinstance(field, ChoiceField) else (field._value(),)  # noqa: SLF001  # as its widgets ask


def _labels(codes: Codes | Callable[[], Codes]) -> Mapping[Any, str]:
    if isinstance(codes, Mapping):
        return codes
    if isinstance(codes, EnumType):
        return {code: code.label for code in codes}
    return _labels(codes())
