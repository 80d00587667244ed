/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Bytes with places. A stage reads one text and appends to a new one, so places never have to be
 * patched. Cost: 16 bytes of place a byte of text, for the length of one encode call. */
#include "capture/tokenizer-text.h"

FoveaAlignedText *
fovea_aligned_text_new (gsize reserve)
{
    FoveaAlignedText *text = g_new (FoveaAlignedText, 1);
    text->bytes = g_string_sized_new (reserve);
    text->spans = g_array_sized_new (FALSE, FALSE, sizeof (FoveaSpan), (guint) reserve);
    return text;
}

FoveaAlignedText *
fovea_aligned_text_new_from (const char *text, gsize length, gsize base)
{
    FoveaAlignedText *aligned = fovea_aligned_text_new (length);
    g_string_append_len (aligned->bytes, text, length);
    g_array_set_size (aligned->spans, (guint) length);
    FoveaSpan *spans = (FoveaSpan *) (void *) aligned->spans->data;
    for (gsize i = 0; i < length; i++)
        spans[i] = (FoveaSpan){base + i, base + i + 1};
    return aligned;
}

void
fovea_aligned_text_free (FoveaAlignedText *text)
{
    if (text == NULL)
        return;
    g_string_free (text->bytes, TRUE);
    g_array_unref (text->spans);
    g_free (text);
}

void
fovea_aligned_text_copy (FoveaAlignedText *text,
                         const FoveaAlignedText *from,
                         gsize start,
                         gsize end)
{
    if (start == end)
        return;
    g_string_append_len (text->bytes, from->bytes->str + start, end - start);
    g_array_append_vals (text->spans, &g_array_index (from->spans, FoveaSpan, start),
                         (guint) (end - start));
}

void
fovea_aligned_text_replace (FoveaAlignedText *text,
                            const FoveaAlignedText *from,
                            gsize start,
                            gsize end,
                            const char *bytes,
                            gsize n)
{
    FoveaSpan span = fovea_aligned_text_span (from, start, end);
    g_string_append_len (text->bytes, bytes, n);
    for (gsize i = 0; i < n; i++)
        g_array_append_val (text->spans, span);
}

FoveaSpan
fovea_aligned_text_span (const FoveaAlignedText *text, gsize start, gsize end)
{
    guint n = text->spans->len;
    const FoveaSpan *spans = (const FoveaSpan *) (const void *) text->spans->data;
    if (start < end)
        return (FoveaSpan){spans[start].start, spans[end - 1].end};
    gsize place = 0;
    if (start < n)
        place = spans[start].start;
    else if (n > 0)
        place = spans[n - 1].end;
    return (FoveaSpan){place, place};
}
