/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A row of the inspector, and the section that shows up to eight of them. */
#include <gtk/gtk.h>

#include "ui/figures/color-map.h"

#define FOVEA_TYPE_FACT (fovea_fact_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFact, fovea_fact, FOVEA, FACT, GObject)

/**
 * fovea_fact_new:
 * @label: what it is
 * @value: its number with unit, already spelled
 *
 * Thread: main.   Owner: caller.
 */
FoveaFact *fovea_fact_new (const char *label, const char *value);

/**
 * fovea_fact_new_bar:
 * @role: (nullable): colours bar and mark as that role
 * @glyph: (nullable): in front, "▼"
 * @number: (nullable): position, right-aligned after the glyph
 * @share: 0 .. 1, length of the bar; negative = there is no room for one beside the value
 *
 * Thread: main.   Owner: caller.
 */
FoveaFact *fovea_fact_new_bar (const char *role,
                               const char *glyph,
                               const char *number,
                               const char *label,
                               double share,
                               const char *value);

/**
 * fovea_fact_new_marked:
 * @color: 0xAARRGGBB, of mark and bar
 *
 * As fovea_fact_new_bar() for a class that is no role, say a method.   Thread: main.   Owner: caller.
 */
FoveaFact *fovea_fact_new_marked (
    guint32 color, FoveaMark mark, const char *label, double share, const char *value);

/**
 * fovea_fact_new_pair:
 * @query_number, @key_number: (nullable): both NULL makes a row of headings
 *
 * A query and a key side by side, with their weight.   Thread: main.   Owner: caller.
 */
FoveaFact *fovea_fact_new_pair (const char *query_number,
                                const char *query,
                                const char *key_number,
                                const char *key,
                                const char *value);

/**
 * fovea_fact_stress:
 *
 * The one number of its section that matters is bold.   Thread: main.   Owner: gives @self back.
 */
FoveaFact *fovea_fact_stress (FoveaFact *self);

/**
 * fovea_fact_is_stressed:
 *
 * Thread: main.
 */
gboolean fovea_fact_is_stressed (FoveaFact *self);

/**
 * fovea_fact_lead_to:
 * @query, @key: a cell of the selected head
 *
 * Its row hovers that cell while the pointer is over it, and a click or Enter selects it, by the actions
 * "inspector.hover-cell" and "inspector.select-cell" of what it stands in.
 *
 * Thread: main.   Owner: gives @self back.
 */
FoveaFact *fovea_fact_lead_to (FoveaFact *self, gint64 query, gint64 key);

#define FOVEA_TYPE_SECTION (fovea_section_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSection, fovea_section, FOVEA, SECTION, GtkBox)

/**
 * fovea_section_new:
 *
 * Hidden while it has no rows.   Thread: main.   Owner: caller (floating).
 */
GtkWidget *fovea_section_new (const char *title);

/**
 * fovea_section_set:
 * @title: (nullable): NULL keeps it
 * @facts: (element-type FoveaFact): at most eight are shown
 * @note: (nullable): quiet line at the foot
 *
 * Thread: main.
 */
void fovea_section_set (FoveaSection *self, const char *title, GListStore *facts, const char *note);
