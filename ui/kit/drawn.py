"""Values that a widget is drawn from. `dimmed = Drawn(False)` in a class is an attribute of its widgets that paints one
again when it gets another value, and only then."""

from __future__ import annotations

from typing import Generic, Self, TypeVar, cast, overload

from PySide6.QtWidgets import QWidget

Value = TypeVar("Value")


class Drawn(Generic[Value]):
    def __init__(self, first: Value, sized: bool = False) -> None:
        """`sized`: the size that the widget asks for depends on it too."""
        self._first, self._sized, self._name = first, sized, ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, widget: None, owner: type) -> Self: ...

    @overload
    def __get__(self, widget: object, owner: type) -> Value: ...

    def __get__(self, widget: object | None, owner: type) -> Self | Value:
        return self if widget is None else cast(Value, widget.__dict__.get(self._name, self._first))

    def __set__(self, widget: QWidget, value: Value) -> None:
        if value != widget.__dict__.get(self._name, self._first):
            widget.__dict__[self._name] = value
            if self._sized:
                widget.updateGeometry()
            widget.update()
