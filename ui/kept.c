/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A choice is read when it is to be written and not before, so that nothing is copied while people choose. */
#include "ui/kept.h"

typedef struct {
    const char *name;
    GObject *object;
    GParamSpec *property; /* of its class; NULL = by the functions */
    FoveaKeptGet get;
    FoveaKeptSet set;
} Choice;

struct _FoveaKept {
    GObject parent_instance;
    GArray *choices; /* of Choice */
};

G_DEFINE_FINAL_TYPE (FoveaKept, fovea_kept, G_TYPE_OBJECT)

static guint changed_signal;

static void
choice_clear (gpointer choice)
{
    g_clear_object (&((Choice *) choice)->object);
}

static void
fovea_kept_finalize (GObject *object)
{
    g_array_unref (FOVEA_KEPT (object)->choices);
    G_OBJECT_CLASS (fovea_kept_parent_class)->finalize (object);
}

static void
fovea_kept_class_init (FoveaKeptClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_kept_finalize;
    changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_kept_init (FoveaKept *self)
{
    self->choices = g_array_new (FALSE, FALSE, sizeof (Choice));
    g_array_set_clear_func (self->choices, choice_clear);
}

FoveaKept *
fovea_kept_new (void)
{
    return g_object_new (FOVEA_TYPE_KEPT, NULL);
}

static void
tell (FoveaKept *self)
{
    g_signal_emit (self, changed_signal, 0);
}

void
fovea_kept_add (FoveaKept *self, const char *name, gpointer object, const char *property)
{
    GParamSpec *found = g_object_class_find_property (G_OBJECT_GET_CLASS (object), property);
    const Choice choice = {name, g_object_ref (object), found, NULL, NULL};
    g_autofree char *signal = g_strconcat ("notify::", property, NULL);
    g_array_append_val (self->choices, choice);
    g_signal_connect_object (object, signal, G_CALLBACK (tell), self, G_CONNECT_SWAPPED);
}

void
fovea_kept_add_value (FoveaKept *self,
                      const char *name,
                      gpointer object,
                      const char *signal,
                      FoveaKeptGet get,
                      FoveaKeptSet set)
{
    const Choice choice = {name, g_object_ref (object), NULL, get, set};
    g_array_append_val (self->choices, choice);
    if (signal != NULL)
        g_signal_connect_object (object, signal, G_CALLBACK (tell), self, G_CONNECT_SWAPPED);
}

/* Of a property's value. */
static const GVariantType *
get_type (const GParamSpec *property)
{
    switch (G_TYPE_FUNDAMENTAL (property->value_type)) {
    case G_TYPE_BOOLEAN:
        return G_VARIANT_TYPE_BOOLEAN;
    case G_TYPE_INT:
        return G_VARIANT_TYPE_INT32;
    case G_TYPE_UINT:
        return G_VARIANT_TYPE_UINT32;
    case G_TYPE_DOUBLE:
        return G_VARIANT_TYPE_DOUBLE;
    default:
        return G_VARIANT_TYPE_STRING;
    }
}

static GVariant *
read_property (const Choice *choice)
{
    g_auto (GValue) value = G_VALUE_INIT;
    g_object_get_property (choice->object, choice->property->name, &value);
    return g_dbus_gvalue_to_gvariant (&value, get_type (choice->property));
}

/* Owner: caller. */
static GVariant *
read_choice (const Choice *choice)
{
    return choice->property != NULL ? read_property (choice)
                                    : g_variant_ref_sink (choice->get (choice->object));
}

/* A list may have fewer rows than the one that the choice was made in. */
static gboolean
is_row (const Choice *choice, GVariant *value)
{
    if (!GTK_IS_DROP_DOWN (choice->object))
        return TRUE;
    GListModel *rows = gtk_drop_down_get_model (GTK_DROP_DOWN (choice->object));
    return rows != NULL && g_variant_get_uint32 (value) < g_list_model_get_n_items (rows);
}

static void
write_property (const Choice *choice, GVariant *value)
{
    g_auto (GValue) wanted = G_VALUE_INIT;
    g_dbus_gvariant_to_gvalue (value, &wanted);
    if (is_row (choice, value) && !g_param_value_validate (choice->property, &wanted))
        g_object_set_property (choice->object, choice->property->name, &wanted);
}

void
fovea_kept_list (FoveaKept *self, GVariantDict *into)
{
    for (guint i = 0; i < self->choices->len; i++) {
        const Choice *choice = &g_array_index (self->choices, Choice, i);
        g_autoptr (GVariant) value = read_choice (choice);
        g_variant_dict_insert_value (into, choice->name, value);
    }
}

void
fovea_kept_restore (FoveaKept *self, GVariant *choices)
{
    for (guint i = 0; i < self->choices->len; i++) {
        const Choice *choice = &g_array_index (self->choices, Choice, i);
        g_autoptr (GVariant) now = read_choice (choice);
        g_autoptr (GVariant) value =
            g_variant_lookup_value (choices, choice->name, g_variant_get_type (now));
        if (value == NULL || g_variant_equal (value, now))
            continue;
        if (choice->property != NULL)
            write_property (choice, value);
        else
            choice->set (choice->object, value);
    }
}
