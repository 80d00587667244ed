/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Pango set up for print: 72 dots an inch (a unit is a point), no hinting, no rounding of glyph
 * positions. One context a thread, because font maps are not shared between threads; the matrix is
 * set before each use. */
#include "ui/figures/text.h"

#include "capture/count-text.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define ELLIPSIS "…"

static GPrivate thread_context = G_PRIVATE_INIT (g_object_unref);

static PangoContext *
get_context (void)
{
    PangoContext *context = g_private_get (&thread_context);
    if (context != NULL)
        return context;
    context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
    cairo_font_options_t *options = cairo_font_options_create ();
    cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options (context, options);
    cairo_font_options_destroy (options);
    pango_cairo_context_set_resolution (context, 72);
    pango_context_set_round_glyph_positions (context, FALSE);
    /* The language of the user's session must not choose glyphs. */
    pango_context_set_language (context, pango_language_from_string ("en"));
    g_private_set (&thread_context, context);
    return context;
}

static PangoLayout *
make_layout (PangoContext *context, const char *text, double size, gboolean bold)
{
    PangoLayout *layout = pango_layout_new (context);
    PangoFontDescription *font = pango_font_description_from_string (FOVEA_TEXT_FAMILIES);
    pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
    pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description (layout, font);
    pango_font_description_free (font);
    pango_layout_set_single_paragraph_mode (layout, TRUE);
    pango_layout_set_text (layout, text, -1);
    return layout;
}

static double
layout_width (PangoLayout *layout)
{
    PangoRectangle logical;
    pango_layout_get_extents (layout, NULL, &logical);
    return logical.width / (double) PANGO_SCALE;
}

double
fovea_text_width (const char *text, double size, gboolean bold)
{
    PangoContext *context = get_context ();
    pango_context_set_matrix (context, NULL);
    g_autoptr (PangoLayout) layout = make_layout (context, text, size, bold);
    return layout_width (layout);
}

static void
set_color (cairo_t *cr, guint32 color)
{
    cairo_set_source_rgba (cr, (color >> 16 & 255) / 255.0, (color >> 8 & 255) / 255.0,
                           (color & 255) / 255.0, (color >> 24) / 255.0);
}

void
fovea_text_draw (cairo_t *cr, const char *text, double x, double y, const FoveaTextStyle *style)
{
    cairo_save (cr);
    cairo_translate (cr, x, y);
    if (style->turned)
        cairo_rotate (cr, -G_PI_2);
    set_color (cr, style->color);
    PangoContext *context = get_context ();
    pango_cairo_update_context (cr, context);
    g_autoptr (PangoLayout) layout = make_layout (context, text, style->size, style->bold);
    double back = style->anchor == FOVEA_ANCHOR_START ? 0 : layout_width (layout);
    cairo_move_to (cr, style->anchor == FOVEA_ANCHOR_MIDDLE ? -back / 2 : -back, 0);
    pango_cairo_show_layout_line (cr, pango_layout_get_line_readonly (layout, 0));
    cairo_new_path (cr);
    cairo_restore (cr);
}

char *
fovea_text_shorten (const char *text, double size, gboolean bold, double width)
{
    if (fovea_text_width (text, size, bold) <= width)
        return g_strdup (text);
    for (glong n = g_utf8_strlen (text, -1) - 1; n > 0; n--) {
        g_autofree char *head = g_utf8_substring (text, 0, n);
        g_autofree char *cut = g_strconcat (g_strchomp (head), ELLIPSIS, NULL);
        if (fovea_text_width (cut, size, bold) <= width)
            return g_steal_pointer (&cut);
    }
    return g_strdup (ELLIPSIS);
}

static void
append_superscript (GString *out, int exponent)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    g_autofree char *plain = g_strdup_printf ("%d", exponent);
    for (const char *p = plain; *p != '\0'; p++)
        g_string_append (out, *p == '-' ? "⁻" : digits[*p - '0']);
}

/* "3.2e-04" of the C library becomes "3.2 × 10⁻⁴", and "1e-03" just "10⁻³". */
static void
append_power (GString *out, const char *text, const char *e)
{
    gboolean one = e - text == 1 && text[0] == '1';
    if (!one) {
        g_string_append_len (out, text, e - text);
        g_string_append (out, " × ");
    }
    g_string_append (out, "10");
    append_superscript (out, (int) g_ascii_strtoll (e + 1, NULL, 10));
}

char *
fovea_text_number (double value, guint digits)
{
    GString *out = g_string_new (value < 0 ? "−" : NULL);
    double size = fabs (value);
    /* Exact small powers are written as such, other thousandths in full. */
    gboolean power = size < 0.00999 && fabs (log10 (size) - round (log10 (size))) < 1e-9;
    gboolean plain = size == 0 || (size > 0.00099 && size < 1e6 && !power) || !isfinite (size);
    char format[16], text[G_ASCII_DTOSTR_BUF_SIZE];
    g_snprintf (format, sizeof format, "%%.%u%c", plain ? digits : digits - 1, plain ? 'g' : 'e');
    g_ascii_formatd (text, sizeof text, format, size);
    if (size > 1 && size < 999999.5 && strchr (text, 'e') != NULL)
        g_ascii_formatd (text, sizeof text, "%.0f", size); /* two digits of 139 are no 1.4e+02 */
    char *e = strchr (text, 'e');
    if (e == NULL) {
        g_string_append (out, text);
    } else {
        /* Zeros after the point say nothing here: 2.0e-05 is 2e-05. */
        char *end = e;
        while (memchr (text, '.', end - text) != NULL && (end[-1] == '0' || end[-1] == '.'))
            end--;
        memmove (end, e, strlen (e) + 1);
        append_power (out, text, end);
    }
    return g_string_free (out, FALSE);
}

char *
fovea_text_count (gint64 value)
{
    g_autofree char *plain = fovea_count_text (value);
    return g_strconcat (value < 0 ? "−" : "", plain + (value < 0), NULL);
}

/* Such as the zero-width space; and what turns the words behind it. Joiners and blanks are seen by what stands
 * at their sides. */
static gboolean
is_unseen (gunichar c, gboolean alone)
{
    gboolean joins = c == 0x200C || c == 0x200D;
    switch (g_unichar_type (c)) {
    case G_UNICODE_FORMAT:
        return alone || !joins;
    case G_UNICODE_SPACE_SEPARATOR:
        return alone && c != ' ';
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return TRUE;
    default:
        return FALSE;
    }
}

static void
append_character (GString *out, gunichar c, gboolean alone)
{
    if (c == '\n')
        g_string_append (out, "⏎");
    else if (c == '\t')
        g_string_append (out, "⇥");
    else if (g_unichar_iscntrl (c))
        g_string_append_printf (out, "\\x%02X", c);
    else if (is_unseen (c, alone))
        g_string_append_printf (out, "U+%04X", c);
    else
        g_string_append_unichar (out, c);
}

/* The name inside <|...|>, <...> or [...]; such brackets only mark that it is special. */
static char *
bare_name (const char *bytes)
{
    gsize n = strlen (bytes);
    if (n > 4 && g_str_has_prefix (bytes, "<|") && g_str_has_suffix (bytes, "|>"))
        return g_strndup (bytes + 2, n - 4);
    if (n > 2 &&
        ((bytes[0] == '<' && bytes[n - 1] == '>') || (bytes[0] == '[' && bytes[n - 1] == ']')))
        return g_strndup (bytes + 1, n - 2);
    return g_strdup (bytes);
}

/* Whether nothing would be seen of it. */
static gboolean
is_blank (const char *bytes)
{
    for (; *bytes != '\0'; bytes = g_utf8_next_char (bytes)) {
        gunichar c = g_utf8_get_char_validated (bytes, -1);
        if (c == (gunichar) -1 || c == (gunichar) -2 || (c != ' ' && !is_unseen (c, TRUE)))
            return FALSE;
    }
    return TRUE;
}

/* Bytes that start no whole character are spelled out, so that nothing is hidden or replaced. */
static char *
spell (const char *bytes, gboolean dots)
{
    GString *out = g_string_new (NULL);
    gboolean alone = is_blank (bytes);
    for (const char *p = bytes; *p != '\0';) {
        gunichar c = g_utf8_get_char_validated (p, -1);
        if (c == (gunichar) -1 || c == (gunichar) -2) {
            g_string_append_printf (out, "\\x%02X", (guchar) *p++);
            continue;
        }
        if (c == ' ' && dots)
            g_string_append (out, "·");
        else
            append_character (out, c, alone);
        p = g_utf8_next_char (p);
    }
    return g_string_free (out, FALSE);
}

char *
fovea_text_token (const char *bytes, gboolean special, gboolean running)
{
    g_autofree char *name = special ? bare_name (bytes) : NULL;
    if (special)
        return spell (name, FALSE);
    gsize blanks = strspn (bytes, " ");
    gboolean lone = !running && blanks > 0 && bytes[blanks] == '\0';
    return spell (running || lone ? bytes : bytes + blanks, lone);
}
