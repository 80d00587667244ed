/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Thresholds and names. Margins are compared in shares of weight; the score of long-range heads
 * runs to 2 (all weight on the first token is twice the mean possible distance), so its margin
 * counts half: otherwise every sink would be called long-range. */
#include "analysis/roles.h"

#include <math.h>

static const struct {
    const char *name;
    double threshold;
    double range; /* of the score above 0 */
} roles[FOVEA_N_ROLES] = {
    [FOVEA_ROLE_PREVIOUS] = {"previous token", 0.4, 1},
    [FOVEA_ROLE_INDUCTION] = {"induction", 0.4, 1},
    [FOVEA_ROLE_LOCAL] = {"local", 0.9, 1},
    [FOVEA_ROLE_DUPLICATE] = {"duplicate token", 0.4, 1},
    [FOVEA_ROLE_SINK] = {"sink", 0.4, 1},
    [FOVEA_ROLE_CURRENT] = {"current token", 0.4, 1},
    [FOVEA_ROLE_POSITIONAL] = {"positional", 0.9, 1},
    [FOVEA_ROLE_LONG_RANGE] = {"long-range", 1.2, 2},
    [FOVEA_ROLE_UNIFORM] = {"uniform", 0.9, 1},
    [FOVEA_ROLE_SINK_COLUMN] = {"sink column", 0.3, 1},
};

const char *
fovea_role_get_name (FoveaRole role)
{
    return roles[role].name;
}

double
fovea_role_get_threshold (FoveaRole role)
{
    return roles[role].threshold;
}

gboolean
fovea_role_holds (FoveaRole role, double score, double error)
{
    return score - roles[role].threshold > 2 * error;
}

/* A sink column is any column, the first included, at a lower threshold than a sink: by margin
 * alone every sink would be called after the wider word. */
static gboolean
may_be_main (FoveaRole role, const double *scores, const double *errors)
{
    const FoveaRole sink = FOVEA_ROLE_SINK;
    return fovea_role_holds (role, scores[role], errors[role]) &&
           (role != FOVEA_ROLE_SINK_COLUMN || !fovea_role_holds (sink, scores[sink], errors[sink]));
}

char *
fovea_roles_choose (const double *scores, const double *errors, FoveaRole *main)
{
    double best = -INFINITY;
    *main = FOVEA_N_ROLES;
    for (int role = 0; role < FOVEA_N_ROLES; role++) {
        double margin = (scores[role] - roles[role].threshold) / roles[role].range;
        if (may_be_main (role, scores, errors) && margin > best) {
            best = margin;
            *main = role;
        }
    }
    GString *all = g_string_new (*main < FOVEA_N_ROLES ? roles[*main].name : "");
    for (int role = 0; role < FOVEA_N_ROLES; role++)
        if (role != (int) *main && fovea_role_holds (role, scores[role], errors[role]))
            g_string_append_printf (all, ",%s", roles[role].name);
    return g_string_free (all, FALSE);
}
