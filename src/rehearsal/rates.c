/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rehearsal/rates.h"

const struct rate_row rates[RATE_COUNT] = {
    [RATE_RESIDENTS] = {21.9e6, "residents of the city", "people", "8m"},
    [RATE_ARRIVALS] = {3.0, "arrivals by rail and air, late February 2020", "1,000 residents and day", "cctv"},
    [RATE_FAMILY] = {2.5, "people who arrive together, 1 to 4", "people", NULL},
    [RATE_MET_PEOPLE] = {3, "arrivals who met people from such an area", "percent", NULL},
    [RATE_FEVER] = {0.3, "readings with fever", "percent", NULL},
    [RATE_STILL_FEVER] = {30, "re-checks that find it again", "percent", NULL},
    [RATE_NO_ANSWER] = {12, "visits for a reading where nobody answers", "percent", NULL},
    [RATE_CHECK_IN_LATE] = {6, "readings late", "percent", NULL},
    [RATE_CHECK_IN_NEVER] = {2, "readings never", "percent", NULL},
    [RATE_DAILY_LATE] = {5, "daily reports late", "percent", NULL},
    [RATE_DAILY_NEVER] = {2, "daily reports never", "percent", NULL},
    [RATE_ACKNOWLEDGE_LATE] = {4, "directives acknowledged late", "percent", NULL},
    [RATE_ACKNOWLEDGE_NEVER] = {2, "directives acknowledged never", "percent", NULL},
    [RATE_OTHER_LATE] = {4, "anything else late", "percent", NULL},
    [RATE_OTHER_NEVER] = {4, "anything else never", "percent", NULL},
    [RATE_REQUESTS] = {0.56, "requests to the hotline that are dispatched", "1,000 residents and day", "2020"},
    [RATE_DANGER] = {1, "of them about danger", "percent", NULL},
    [RATE_UTILITIES] = {8, "of them about utilities", "percent", NULL},
    [RATE_COMPLEX] = {6, "of them complex", "percent", NULL},
    [RATE_CONTACTED] = {97, "who say when called back that they were contacted; 100 were reported", "percent", NULL},
    [RATE_RESOLVED] = {74, "who say that it was resolved", "percent", "2019oct"},
    [RATE_SATISFIED] = {85, "who are satisfied", "percent", "2019oct"},
    [RATE_DIRECTIVES] = {1, "directives of three items, of one district drawn", "day", NULL},
    [RATE_ITEM_SHORT] = {5, "reports on an item that do not reach its quantity", "percent", NULL},
    [RATE_QUESTIONS] = {0.1, "requests for instructions", "subdistrict and day", NULL},
    [RATE_OBJECTIONS] = {10, "of them objections, overruled or upheld", "percent", NULL},
    [RATE_ORAL] = {0.02, "oral orders noted down", "subdistrict and day", NULL},
    [RATE_ORAL_DENIED] = {10, "of them that nobody says to have given", "percent", NULL},
    [RATE_WHISTLES] = {0.7, "whistles", "subdistrict and week", NULL},
    [RATE_WHISTLES_TIMES] = {2, "times as many", "from that day on", NULL},
    [RATE_WHISTLES_FROM] = {3, "the day from which", "day", NULL},
    [RATE_SUMMONED] = {2.6, "departments that are called", "whistle", NULL},
    [RATE_COME_MINUTES] = {18, "median until they come; 30 are given", "minutes", NULL},
    [RATE_COME_LATE] = {8, "of them late", "percent", NULL},
    [RATE_COME_NEVER] = {2, "of them never", "percent", NULL},
    [RATE_CROWD_DAY] = {6, "the day on which many call one department", "day", NULL},
    [RATE_CROWD] = {20, "subdistricts that do", "subdistricts", NULL},
    [RATE_RATED] = {95, "ratings given, on either side", "percent", NULL},
    [RATE_RATED_POOR] = {4, "of them poor", "percent", NULL},
    [RATE_WORKPLACE_STAFF] = {44, "staff of a rehearsed workplace, on the average", "people", NULL},
    [RATE_ON_SITE] = {28, "staff on site", "percent", "double"},
    [RATE_INSPECTED] = {3, "workplaces inspected", "percent and day", NULL},
    [RATE_FINDING] = {20, "inspections that find something", "percent", "1399"},
    [RATE_RECTIFIED] = {70, "findings that are mended when looked at again", "percent", NULL},
    [RATE_MEASURES] = {0.3, "controls of a place ordered", "subdistrict and day", NULL},
    [RATE_EDUCATION] = {0.05, "messages of health education", "subdistrict and day", NULL},
    [RATE_ANNOUNCEMENTS] = {0.1, "announcements", "subdistrict and day", NULL},
    [RATE_SHIFTS_LENT] = {2, "day shifts of subdistricts handed over to the colleague", "percent", NULL},
};

bool rate_happens(struct dice *dice, enum rate rate)
{
    return dice_happens(dice, (uint32_t)(rates[rate].value * 100));
}

int rate_draw(struct dice *dice, double mean)
{
    int whole = (int)mean;
    return whole + dice_happens(dice, (uint32_t)((mean - whole) * 10000));
}
