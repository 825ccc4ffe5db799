"""Areas in the admin, to be read: they change by a file with its day and its act."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from geo import intake
from geo.errors import BadBoundaries
from geo.models import Area, AreaFile, AreaVersion, PlaceName


class _ReadOnly:
    """Nothing is added, changed or removed by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AreaVersionInline(_ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = AreaVersion
    fk_name = "area"
    fields = [
        "valid_from",
        "valid_to",
        "kind",
        "parent",
        "name_vi",
        "name_en",
        "legal_act",
        "approximate",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AreaVersion]:
        return super().get_queryset(request).select_related("parent")


@admin.register(Area)
class AreaAdmin(_ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name_vi", "name_en", "kind", "parent"]
    list_filter = ["level", "kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name_vi", "name_en"]
    inlines = [AreaVersionInline]


class AreaFileForm(forms.ModelForm[AreaFile]):
    """What is asked with a file of boundaries."""

    file = forms.FileField(
        label=_("File"), help_text=_("GeoJSON, GeoPackage, TopoJSON, or a zipped Shapefile.")
    )

    class Meta:
        model = AreaFile
        fields = ["crs", "attributes", "values", "valid_from", "legal_act", "approximate", "ends"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("attributes", "values"):
            pairs = cleaned.get(name) or {}
            texts = isinstance(pairs, dict) and all(isinstance(one, str) for one in pairs.values())
            if not texts:
                self.add_error(name, _("Give texts by name, as in the example."))
            cleaned[name] = pairs
        return cleaned


@admin.register(AreaFile)
class AreaFileAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Give a file, read what is in it, confirm; nobody edits it afterwards."""

    list_display = ["name", "valid_from", "given_by", "given_at", "refused", "loaded_at"]
    change_form_template = "admin/geo/areafile/change_form.html"
    readonly_fields = ["name", "given_by", "given_at", "loaded_by", "loaded_at", "told", "drawn"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        asked = list(AreaFileForm.Meta.fields)
        return [*self.readonly_fields, *asked] if obj else ["file", *asked]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj) if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> Any:
        return super().get_form(request, obj, change, **more) if obj else AreaFileForm

    def save_model(self, request: HttpRequest, obj: AreaFile, form: Any, change: bool) -> None:
        if change:
            return  # Confirming is all that can be done to a file that was given.
        given = form.cleaned_data["file"]
        obj.name, obj.content = given.name[:200], given.read()
        obj.given_by = request.user.get_username()
        intake.look_at(obj)
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: AreaFile, post_url_continue: str | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:geo_areafile_change", args=[obj.pk]))

    def response_change(self, request: HttpRequest, obj: AreaFile) -> HttpResponse:
        if "_confirm" in request.POST:
            try:
                loaded = intake.confirm(obj, by=request.user.get_username())
            except BadBoundaries as error:
                messages.error(request, str(error.detail))
            else:
                told = _(
                    "%(added)d added, %(changed)d changed, %(unchanged)d unchanged,"
                    " %(ended)d ended."
                )
                messages.success(request, str(told) % vars(loaded))
                if loaded.added or loaded.changed or loaded.ended:
                    messages.info(
                        request,
                        _(
                            "No open ticket moves by itself. Within minutes, the page of the "
                            "rules (/rules) says how many belong elsewhere, from when this is in "
                            "force."
                        ),
                    )
        return HttpResponseRedirect(reverse("admin:geo_areafile_change", args=[obj.pk]))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        told = "confirmed" if "_confirm" in request.POST else message
        return super().log_change(request, obj, told)

    @admin.display(description=_("report"))
    def told(self, obj: AreaFile) -> SafeString:
        return format_html('<pre style="white-space: pre-wrap">{}</pre>', obj.report)

    @admin.display(description=_("drawing"))
    def drawn(self, obj: AreaFile) -> SafeString:
        # Drawn by us, every text in it escaped.
        style = '<div style="max-width: 1000px">{}</div>'
        return format_html(style, mark_safe(obj.drawing))  # noqa: S308


@admin.register(PlaceName)
class PlaceNameAdmin(_ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Names come by load_names, a file at a time."""

    list_display = ["name", "kind", "context", "code", "source"]
    list_filter = ["kind", "source"]
    search_fields = ["name", "code"]
