/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* An array of ids in the order shown; sorting and filtering write it anew and tell one change. Keys
 * are computed once a sort, since words and balances cost more than a comparison. */
#include "ui/latent-model.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figures/text.h"
#include "ui/token-text.h"

struct _FoveaLatentItem {
    GObject parent_instance;
    FoveaLatentList *list;
    gint32 latent;
};

G_DEFINE_FINAL_TYPE (FoveaLatentItem, fovea_latent_item, G_TYPE_OBJECT)

static void
fovea_latent_item_finalize (GObject *object)
{
    fovea_latent_list_unref (FOVEA_LATENT_ITEM (object)->list);
    G_OBJECT_CLASS (fovea_latent_item_parent_class)->finalize (object);
}

static void
fovea_latent_item_class_init (FoveaLatentItemClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_latent_item_finalize;
}

static void
fovea_latent_item_init (FoveaLatentItem *self)
{
}

gint32
fovea_latent_item_get_id (FoveaLatentItem *item)
{
    return item->latent;
}

const FoveaLatentEntry *
fovea_latent_item_get_entry (FoveaLatentItem *item)
{
    return fovea_latent_list_get (item->list, item->latent);
}

char *
fovea_latent_item_get_words (FoveaLatentItem *item, int sign)
{
    const FoveaLatentEntry *entry = fovea_latent_item_get_entry (item);
    char *const *words = sign > 0 ? entry->up : entry->down;
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < FOVEA_LATENT_WORDS && words[i] != NULL; i++) {
        g_autofree char *word = fovea_text_token (words[i], FALSE, FALSE);
        g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", word);
    }
    return text->len > 0 ? g_string_free (text, FALSE)
                         : (g_string_free (text, TRUE), g_strdup ("·"));
}

char *
fovea_latent_item_describe (FoveaLatentItem *item)
{
    const FoveaLatentEntry *entry = fovea_latent_item_get_entry (item);
    g_autofree char *plus = fovea_number_text (entry->n_positive);
    g_autofree char *minus = fovea_number_text (entry->n_negative);
    return g_strdup_printf (_ ("Latent %d: on %s tokens plus, %s minus"), item->latent, plus,
                            minus);
}

struct _FoveaLatentModel {
    GObject parent_instance;
    FoveaLatentList *list; /* NULL = empty */
    FoveaLatentSort sort;
    char *filter;
    GArray *order; /* of gint32 */
    gint64 most;
};

static void init_list (GListModelInterface *interface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaLatentModel,
                               fovea_latent_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, init_list))

static GType
get_item_type (GListModel *model)
{
    return FOVEA_TYPE_LATENT_ITEM;
}

static guint
get_n_items (GListModel *model)
{
    return FOVEA_LATENT_MODEL (model)->order->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
    FoveaLatentModel *self = FOVEA_LATENT_MODEL (model);
    if (position >= self->order->len)
        return NULL;
    FoveaLatentItem *item = g_object_new (FOVEA_TYPE_LATENT_ITEM, NULL);
    item->list = fovea_latent_list_ref (self->list);
    item->latent = g_array_index (self->order, gint32, position);
    return item;
}

static void
init_list (GListModelInterface *interface)
{
    interface->get_item_type = get_item_type;
    interface->get_n_items = get_n_items;
    interface->get_item = get_item;
}

/* What a filter says. */
typedef struct {
    int sign;   /* 0 = either */
    gint64 id;  /* -1 = any */
    char *word; /* folded; NULL = any */
} Filter;

static char *
fold (const char *text)
{
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    return g_utf8_casefold (valid, -1);
}

static Filter
read_filter (const char *text)
{
    Filter filter = {0, -1, NULL};
    g_autofree char *copy = g_strstrip (g_strdup (text));
    const char *rest = copy;
    const gsize minus = strlen ("\u2212");
    if (*rest == '+' || *rest == '-') {
        filter.sign = *rest == '+' ? 1 : -1;
        rest++;
    } else if (g_str_has_prefix (rest, "\u2212")) {
        filter.sign = -1;
        rest += minus;
    }
    while (*rest == ' ')
        rest++;
    if (filter.sign == 0 && *rest != '\0' && rest[strspn (rest, "0123456789")] == '\0')
        filter.id = g_ascii_strtoll (rest, NULL, 10);
    else if (*rest != '\0')
        filter.word = fold (rest);
    return filter;
}

/* Most tokens are ASCII: those are compared as they stand, since folding 65,536 latents' words takes
 * longer than a frame at each key. */
static gboolean
word_holds (const char *word, const char *wanted)
{
    gsize length = strlen (wanted);
    if (!g_str_is_ascii (word)) {
        g_autofree char *folded = fold (word);
        return strstr (folded, wanted) != NULL;
    }
    for (; *word != '\0'; word++)
        if (g_ascii_strncasecmp (word, wanted, length) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
holds (char *const *words, const char *wanted)
{
    for (guint i = 0; i < FOVEA_LATENT_WORDS && words[i] != NULL; i++)
        if (word_holds (words[i], wanted))
            return TRUE;
    return FALSE;
}

static gboolean
passes (const Filter *filter, gint64 latent, const FoveaLatentEntry *entry)
{
    if (filter->id >= 0)
        return latent == filter->id;
    if ((filter->sign > 0 && entry->n_positive == 0) ||
        (filter->sign < 0 && entry->n_negative == 0))
        return FALSE;
    if (filter->word == NULL)
        return TRUE;
    return (filter->sign >= 0 && holds (entry->up, filter->word)) ||
           (filter->sign <= 0 && holds (entry->down, filter->word));
}

static double
get_key (FoveaLatentSort sort, const FoveaLatentEntry *entry)
{
    switch (sort) {
    case FOVEA_LATENTS_BY_BALANCE:
        return fovea_latent_entry_get_rank (entry);
    case FOVEA_LATENTS_BY_DENSITY:
        return (double) (entry->n_positive + entry->n_negative);
    case FOVEA_LATENTS_BY_STRENGTH:
        return MAX ((double) entry->most, -(double) entry->least);
    case FOVEA_LATENTS_BY_ID:
    case FOVEA_N_LATENT_SORTS:
    default:
        return 0;
    }
}

/* Larger keys first, then lower ids. */
static int
compare (gconstpointer a, gconstpointer b, gpointer keys)
{
    gint32 i = *(const gint32 *) a, j = *(const gint32 *) b;
    double p = ((const double *) keys)[i], q = ((const double *) keys)[j];
    return p != q ? (p < q ? 1 : -1) : (i > j) - (i < j);
}

static void
arrange (FoveaLatentModel *self)
{
    guint before = self->order->len;
    gint64 n = self->list != NULL ? fovea_latent_list_get_n (self->list) : 0;
    g_autofree double *keys = g_new (double, (gsize) n + 1);
    Filter filter = read_filter (self->filter);
    g_array_set_size (self->order, 0);
    self->most = 1;
    for (gint64 j = 0; j < n; j++) {
        const FoveaLatentEntry *entry = fovea_latent_list_get (self->list, j);
        const gint32 latent = (gint32) j;
        keys[j] = get_key (self->sort, entry);
        self->most = MAX (self->most, MAX (entry->n_positive, entry->n_negative));
        if (passes (&filter, j, entry))
            g_array_append_val (self->order, latent);
    }
    g_free (filter.word);
    g_array_sort_with_data (self->order, compare, keys);
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->order->len);
}

static void
fovea_latent_model_finalize (GObject *object)
{
    FoveaLatentModel *self = FOVEA_LATENT_MODEL (object);
    g_clear_pointer (&self->list, fovea_latent_list_unref);
    g_array_unref (self->order);
    g_free (self->filter);
    G_OBJECT_CLASS (fovea_latent_model_parent_class)->finalize (object);
}

static void
fovea_latent_model_class_init (FoveaLatentModelClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_latent_model_finalize;
}

static void
fovea_latent_model_init (FoveaLatentModel *self)
{
    self->order = g_array_new (FALSE, FALSE, sizeof (gint32));
    self->filter = g_strdup ("");
    self->most = 1;
}

FoveaLatentModel *
fovea_latent_model_new (void)
{
    return g_object_new (FOVEA_TYPE_LATENT_MODEL, NULL);
}

void
fovea_latent_model_set_list (FoveaLatentModel *self, const FoveaLatentList *list)
{
    g_clear_pointer (&self->list, fovea_latent_list_unref);
    self->list = list != NULL ? fovea_latent_list_ref ((FoveaLatentList *) list) : NULL;
    arrange (self);
}

void
fovea_latent_model_set_sort (FoveaLatentModel *self, FoveaLatentSort sort)
{
    if (self->sort == sort)
        return;
    self->sort = sort;
    arrange (self);
}

void
fovea_latent_model_set_filter (FoveaLatentModel *self, const char *text)
{
    if (g_str_equal (self->filter, text))
        return;
    g_free (self->filter);
    self->filter = g_strdup (text);
    arrange (self);
}

guint
fovea_latent_model_find (FoveaLatentModel *self, gint32 latent)
{
    for (guint i = 0; i < self->order->len; i++)
        if (g_array_index (self->order, gint32, i) == latent)
            return i;
    return G_MAXUINT;
}

gint64
fovea_latent_model_get_most (FoveaLatentModel *self)
{
    return self->most;
}
