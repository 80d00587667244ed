/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/sparse-tables.h"

#include <glib/gi18n.h>

#include "ui/choice.h"
#include "ui/line-table.h"
#include "ui/mask-table.h"
#include "ui/point-table.h"
#include "ui/toolbar.h"

enum {
    POINTS,
    MASK,
    LAYERS,
    N_TABLES
};

struct _FoveaSparseTables {
    GtkBox parent_instance;
    GtkDropDown *choice;
    GtkWidget *tables[N_TABLES];
};

G_DEFINE_FINAL_TYPE (FoveaSparseTables, fovea_sparse_tables, GTK_TYPE_BOX)

static void
show_chosen (FoveaSparseTables *self)
{
    for (guint i = 0; i < N_TABLES; i++)
        gtk_widget_set_visible (self->tables[i], i == gtk_drop_down_get_selected (self->choice));
}

static void
fovea_sparse_tables_class_init (FoveaSparseTablesClass *klass)
{
}

static void
fovea_sparse_tables_init (FoveaSparseTables *self)
{
    GtkWidget *bar = fovea_toolbar_new ();
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    self->choice = fovea_choice_new ((const char *[]){_ ("Table: points of the curves"),
                                                      _ ("Table: queries of the mask"),
                                                      _ ("Table: this point in every head"), NULL},
                                     _ ("Which table"));
    gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->choice));
    gtk_box_append (GTK_BOX (self), bar);
    g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (show_chosen), self,
                             G_CONNECT_SWAPPED);
}

GtkWidget *
fovea_sparse_tables_new (FoveaSparseModel *model, FoveaSelection *selection)
{
    FoveaSparseTables *self = g_object_new (FOVEA_TYPE_SPARSE_TABLES, NULL);
    self->tables[POINTS] = fovea_point_table_new (model);
    self->tables[MASK] = fovea_mask_table_new (model, selection);
    self->tables[LAYERS] = fovea_point_table_new_of_layers (model, selection);
    for (guint i = 0; i < N_TABLES; i++)
        gtk_box_append (GTK_BOX (self), self->tables[i]);
    show_chosen (self);
    return GTK_WIDGET (self);
}

void
fovea_sparse_tables_focus (FoveaSparseTables *self)
{
    GtkWidget *table = self->tables[gtk_drop_down_get_selected (self->choice)];
    gboolean taken = FOVEA_IS_LINE_TABLE (table)
                         ? fovea_line_table_focus (FOVEA_LINE_TABLE (table))
                         : fovea_point_table_focus (FOVEA_POINT_TABLE (table));
    if (!taken)
        gtk_widget_grab_focus (GTK_WIDGET (self->choice));
}

void
fovea_sparse_tables_keep (FoveaSparseTables *self, FoveaKept *kept)
{
    fovea_kept_add (kept, "sparsity-which-table", self->choice, "selected");
}
