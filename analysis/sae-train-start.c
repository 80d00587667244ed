/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Where latents begin: recipes of the rules, first parameters, and dead latents' second chance. */
#include <math.h>
#include <string.h>

#include "analysis/sae-train-private.h"

static gboolean
ranks (FoveaSaeRule rule)
{
    return rule >= FOVEA_SAE_RULE_TOPK;
}

void
fovea_sae_train_options_init (FoveaSaeTrainOptions *o, FoveaSaeRule rule)
{
    gboolean tanh = rule == FOVEA_SAE_RULE_JUMPRELU_TANH;
    *o = (FoveaSaeTrainOptions){.batch = 4096,
                                .steps = 30000,
                                .rate = 3e-4,
                                .beta1 = 0.9,
                                .beta2 = 0.999,
                                .clip = 1,
                                .dead_window = 1000,
                                .first_norm = ranks (rule) ? 1 : 0.1,
                                .first_threshold = tanh ? 0.1 : 0.01,
                                .threshold_keep = 0.99,
                                .unit_norm = ranks (rule),
                                .seed = 42};
    o->loss = (FoveaSaeLossOptions){.rule = rule,
                                    .subtracts_b_dec = TRUE,
                                    .k = 32,
                                    .lp_norm = 1,
                                    .sparsity = tanh ? 1 : 5,
                                    .bandwidth = tanh ? 2 : 0.05,
                                    .pre_act = tanh ? 3e-6 : 0,
                                    .aux = ranks (rule) ? 1.0 / 32 : 0};
    o->decay = o->steps / 5;
    o->sparsity_warm_up = tanh ? o->steps : ranks (rule) ? 0 : o->steps / 20;
}

char *
fovea_sae_train_options_describe (const FoveaSaeTrainOptions *o)
{
    const FoveaSaeLossOptions *l = &o->loss;
    g_autoptr (GString) text = g_string_new (fovea_sae_rule_name (l->rule));
    const struct {
        const char *name;
        double value;
    } values[] = {
        {"d_in", (double) o->d_in},
        {"d_out", (double) o->d_out},
        {"d_sae", (double) o->n_latents},
        {"batch", (double) o->batch},
        {"steps", (double) o->steps},
        {"k", l->k},
        {"lr", o->rate},
        {"beta1", o->beta1},
        {"beta2", o->beta2},
        {"clip", o->clip},
        {"warm_up", (double) o->warm_up},
        {"decay", (double) o->decay},
        {"sparsity", l->sparsity},
        {"sparsity_warm_up", (double) o->sparsity_warm_up},
        {"lp_norm", l->lp_norm},
        {"bandwidth", l->bandwidth},
        {"pre_act", l->pre_act},
        {"aux", l->aux},
        {"aux_k", (double) l->aux_k},
        {"aux_by_variance", l->aux_by_variance},
        {"transcoder", l->transcoder},
        {"subtracts_b_dec", l->subtracts_b_dec},
        {"rescales", l->rescales},
        {"mean_elements", l->mean_elements},
        {"first_k", o->first_k},
        {"k_steps", (double) o->k_steps},
        {"dead_window", (double) o->dead_window},
        {"resample_every", (double) o->resample_every},
        {"unit_norm", o->unit_norm},
        {"first_norm", o->first_norm},
        {"first_threshold", o->first_threshold},
        {"threshold_keep", o->threshold_keep},
    };
    for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf (text, " %s=%s", values[i].name,
                                g_ascii_dtostr (number, sizeof number, values[i].value));
    }
    g_string_append_printf (text, " seed=%" G_GUINT64_FORMAT, o->seed);
    for (int i = 0; i < l->n_widths; i++)
        g_string_append_printf (text, " width=%" G_GINT64_FORMAT, l->widths[i]);
    if (o->rounded) /* else as it was before there was a choice */
        g_string_append (text, " products=tf32");
    return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
scale_row (float *row, int64_t n, double norm)
{
    double squares = 0;
    for (int64_t i = 0; i < n; i++)
        squares += (double) row[i] * (double) row[i];
    float factor = (float) (squares > 0 ? norm / sqrt (squares) : 0);
    for (int64_t i = 0; i < n; i++)
        row[i] *= factor;
}

/* Each latent draws from a stream of its own. A transcoder's encoder has another width, so it draws
 * too. */
void
fovea_sae_trainer_start (FoveaSaeTrainer *t)
{
    const FoveaSaeTrainOptions *o = &t->options;
    FoveaSaeParameters *w = t->w;
    for (int64_t j = 0; j < w->n_latents; j++) {
        float *dec = w->w_dec + j * w->d_out, *enc = w->w_enc + j * w->d_in;
        FoveaRandom random;
        fovea_random_init_stream (&random, o->seed, 1, (guint64) j);
        for (int64_t i = 0; i < w->d_out; i++)
            dec[i] = (float) (2 * fovea_random_uniform (&random) - 1);
        scale_row (dec, w->d_out, o->unit_norm ? 1 : o->first_norm);
        if (!o->loss.transcoder) {
            memcpy (enc, dec, (size_t) w->d_in * sizeof *enc);
            continue;
        }
        for (int64_t i = 0; i < w->d_in; i++)
            enc[i] = (float) (2 * fovea_random_uniform (&random) - 1);
        scale_row (enc, w->d_in, o->unit_norm ? 1 : o->first_norm);
    }
    for (int64_t j = 0; j < w->n_latents && w->log_threshold != NULL; j++)
        w->log_threshold[j] = (float) log (o->first_threshold);
}

/* Of the last batch. */
static double *
copy_row_errors (const FoveaSaeTrainer *t)
{
    double *errors = g_new (double, t->options.batch);
    if (t->remote != NULL)
        fovea_sae_remote_read_errors (t->remote, errors);
    else
        memcpy (errors, fovea_sae_loss_get_row_errors (t->loss),
                (size_t) t->options.batch * sizeof *errors);
    return errors;
}

/* A row of the batch with probability proportional to its squared error's square. */
static int64_t
draw_row (FoveaSaeTrainer *t, const double *errors, double total)
{
    double at = fovea_random_uniform (&t->random) * total;
    int64_t row = 0;
    for (; row + 1 < t->options.batch; row++) {
        at -= errors[row] * errors[row];
        if (at < 0)
            break;
    }
    return row;
}

/* 0.2 of the mean norm of encoders that are alive. */
static double
alive_norm (const FoveaSaeTrainer *t)
{
    const FoveaSaeParameters *w = t->w;
    double sum = 0;
    int64_t n = 0;
    for (int64_t j = 0; j < w->n_latents; j++) {
        float squares;
        if (t->dead[j])
            continue;
        t->loops->dots (w->w_enc + j * w->d_in, w->w_enc + j * w->d_in, w->d_in, w->d_in, NULL, 1,
                        &squares);
        sum += sqrt ((double) squares);
        n++;
    }
    return n > 0 ? 0.2 * sum / (double) n : 0.2;
}

/* Forgets the optimiser's moments of one latent. */
static void
forget (FoveaSaeTrainer *t, int64_t j)
{
    FoveaSaeParameters *const moments[] = {t->mean, t->square};
    for (guint i = 0; i < G_N_ELEMENTS (moments); i++) {
        FoveaSaeParameters *m = moments[i];
        memset (m->w_dec + j * m->d_out, 0, (size_t) m->d_out * sizeof (float));
        memset (m->w_enc + j * m->d_in, 0, (size_t) m->d_in * sizeof (float));
        m->b_enc[j] = 0;
    }
}

void
fovea_sae_trainer_resample (FoveaSaeTrainer *t, const float *x, const float *target)
{
    FoveaSaeParameters *w = t->w;
    g_autofree double *errors = copy_row_errors (t);
    fovea_sae_trainer_fetch (t);
    for (int64_t j = 0; j < w->n_latents; j++)
        t->dead[j] = t->since[j] >= t->options.dead_window;
    double total = 0, norm = alive_norm (t);
    for (int64_t row = 0; row < t->options.batch; row++)
        total += errors[row] * errors[row];
    for (int64_t j = 0; j < w->n_latents; j++) {
        if (!t->dead[j])
            continue;
        int64_t row = draw_row (t, errors, total);
        float *dec = w->w_dec + j * w->d_out, *enc = w->w_enc + j * w->d_in;
        gboolean centred = t->options.loss.subtracts_b_dec;
        t->loops->blend (1, target + row * w->d_out, -1, w->b_dec, w->d_out, dec);
        t->loops->blend (1, x + row * w->d_in, centred ? -1 : 0, centred ? w->b_dec : enc, w->d_in,
                         enc);
        scale_row (dec, w->d_out, 1);
        scale_row (enc, w->d_in, norm);
        w->b_enc[j] = 0;
        forget (t, j);
        t->since[j] = 0;
        t->dead[j] = 0;
    }
    fovea_sae_trainer_push (t);
}
