/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bite - rows of a sheet on their way through the engine: a few dozen as one command.
 *
 * Shape   bites are answered in the order in which they were put; a few are under way at a time.
 * Owner   the import's thread; answers arrive on the writer's.
 */
#ifndef INTEROP_BITE_H
#define INTEROP_BITE_H

#include "engine/engine.h"

struct bite_row {
    int64_t row;
    json_t *commands;
    char *cells; /* as they stand in the sheet, one behind the other, for what is said about them */
    guint cell_count;
    const char *place; /* in the commands: the unit where it goes, "" none */
    bool refused;
};

struct bite {
    GArray *rows;     /* of struct bite_row */
    GPtrArray *above; /* of json_t, commands of earlier rows under which these stand: tried before them, each time */
    struct problem *problem; /* NULL: done, or could be */
    bool answered;
};

struct bites;
struct bites *bites_new(struct engine *engine, const struct clock *clock, int64_t person, bool trial);
void bites_free(struct bites *bites); /* waits for what is under way */
AUTO_FREE(bites)

struct bite *bite_new(void);
void bite_free(struct bite *bite);
AUTO_FREE(bite)
/* Moves the rows from one number to another, the last one not, out of a bite into a new one; refused ones are left. */
struct bite *bite_split(struct bite *bite, guint from, guint to);
/* "rows[12][0].form.age", as a problem names it: the row, the command, and the rest of the field; false when it names
 * no row. */
bool bite_parse_place(const char *field, size_t *out_row, size_t *out_command, const char **out_rest);
/* Moves the rows of another stream than the first's into a new one, since a command is decided in one stream; what else
 * is wrong with either is said where it is decided. NULL: all are of one. */
struct bite *bite_take_elsewhere(struct bite *bite);
/* "" when the row has no such cell. */
const char *bite_cell(const struct bite_row *row, guint column);

/* Puts a bite (taken), waiting while the engine is full; false when it takes nothing more. */
bool bites_put(struct bites *bites, struct bite *bite);
int bites_under_way(const struct bites *bites);
bool bites_is_answered(struct bites *bites); /* the oldest one */
/* The oldest, answered; the caller frees. NULL: none is under way. */
struct bite *bites_take(struct bites *bites);

#endif
