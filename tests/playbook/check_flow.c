/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes in states, expectations, entries, effects, facts and figures; and in a playbook's own tests. */
#include "mistakes.h"

/* clang-format off */
static const struct mistake states[] = {
    {"states:\n  observing:\n    title: {zh: 观察中, en: Observing}\n    initial: true\n", "§states:\n  observing:\n    title: {zh: 观察中, en: Observing}\n",
     "no state is initial", NULL},
    {"  due:\n    title: {zh: 待解除, en: Due}\n", "  §due:\n    title: {zh: 待解除, en: Due}\n    initial: true\n", "two states are initial: observing and due", NULL},
    {"  reported: {title: {zh: 已报, en: Reported}, initial: true, expects: [{entry: take, answers: officer, within: 1h}]}\n  taken: {title: {zh: 已接, en: Taken}, final: true}",
     "  §reported: {title: {zh: 已报, en: Reported}, initial: true, expects: [{entry: take, answers: officer, within: 1h}]}\n  taken: {title: {zh: 已接, en: Taken}}",
     "from the state reported no final state can be reached", NULL, 2},
    {"released: {title: {zh: 已解除, en: Released}, final: true}", "released: {title: {zh: 已解除, en: Released}, initial: true, §final: true}",
     "cannot begin where it ends", NULL},
    {"released: {title: {zh: 已解除, en: Released}, final: true}", "released: {title: {zh: 已解除, en: Released}, final: true, §expects: []}",
     "nothing can be expected in a final state", NULL},
    {"released: {title: {zh: 已解除, en: Released}, final: true}",
     "released: {title: {zh: 已解除, en: Released}, final: true}\n  §lost: {title: {zh: a, en: b}}", "nothing leads to the state lost", NULL},
    {"released: {title: {zh: 已解除, en: Released}, final: true}",
     "released: {title: {zh: 已解除, en: Released}, final: true}\n  §lost: {title: {zh: a, en: b}, final: true, ends: {at: now, state: due}}",
     "nothing leads to the state lost", NULL, 2},
    {"released: {title: {zh: 已解除, en: Released}, final: true}", "released: {title: {zh: 已解除, en: Released}, final: true, ends: §{at: now, state: due}}",
     "a final state has no end", NULL},
    {"document: notice\n    expects", "document: §notce\n    expects", "there is no document notce", "notice"},
    {"ends: {at: last_exposure + rule.observation_days, state: due}", "ends: {at: last_exposure + rule.observation_days, state: §duo}",
     "there is no state duo", "due"},
    {"ends: {at: last_exposure + rule.observation_days, state: due}", "ends: {at: last_exposure + rule.observation_days, state: §observing}",
     "end in itself", NULL, 2},
    {"ends: {at: last_exposure + rule.observation_days, state: due}", "ends: {at: last_exposure §+ rule.fever_threshold, state: due}",
     "a datetime cannot be added to a number in °C", NULL},
    {"ends: {at: last_exposure + rule.observation_days, state: due}", "ends: {at: §rule.observation_days, state: due}",
     "a date or datetime is needed here, not a duration", NULL},
    {"ends: {at: last_exposure + rule.observation_days, state: due}", "ends: {at: §temperature + 14d, state: due}",
     "unknown name `temperature`", NULL},
    {"ends: {at: last_exposure + rule.observation_days, state: due}", "ends: §{state: due}", "ends lacks at", NULL},
    {"title: {zh: 待解除, en: Due}\n", "title: {zh: 待解除, en: Due}\n    §expect: []\n", "a state has no key expect", "expects"},
};

static const struct mistake expects[] = {
    {"within: 'table.answer_deadline[urgency]'", "within: '§table.answer_dedline[urgency]'", "unknown name `table.answer_dedline`", "table.answer_deadline"},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: §rechek, answers: grid_worker, within: 30min}",
     "there is no entry rechek", "recheck"},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: §grid_wrker, within: 30min}",
     "there is no role grid_wrker", "grid_worker"},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "§{entry: recheck, within: 30min}", "an expectation lacks answers", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: §public, within: 30min}",
     "only a role or the subject can answer", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: §{role: grid_worker, at: receiver}, within: 30min}",
     "a receiver only where a hand-over is accepted", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: {role: grid_worker, at: §clinic}, within: 30min}",
     "at is matter.unit, field.NAME or receiver, not clinic", "field.clinic"},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: {role: grid_worker, at: §field.clinc}, within: 30min}",
     "there is no field clinc", "clinic"},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: {role: grid_worker, at: §field.lane}, within: 30min}",
     "the field lane holds no unit", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}",
     "{entry: recheck, answers: {role: officer, at: matter.unit, §above: district}, within: 30min}", "at or above, not both", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: §{role: grid_worker, above: district}, within: 30min}",
     "no post of grid_worker can cover a district", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: grid_worker, within: §0min}", "within no time", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: grid_worker, within: §30m}", "is no duration", "30min"},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: grid_worker, within: 30min, since: §observing}",
     "since is one of state, opened, observed", "observed"},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "§{entry: recheck, answers: grid_worker}", "lacks its deadline", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: grid_worker, within: 30min, §by_time: now}",
     "one deadline", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: grid_worker, within: 30min, §at: '16:00'}",
     "at belongs to `per: day`", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: grid_worker, within: 30min, warn: §30min}",
     "the warning would come before", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}",
     "{entry: recheck, answers: grid_worker, within: 30min, optional: true, §escalate: {after: 1h, to: officer}}", "nothing to escalate", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: recheck, answers: grid_worker, within: 30min, may_meet: §clock}",
     "the clock and the public cannot meet", NULL},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "{entry: §check_in, name: again, answers: grid_worker, within: 30min}",
     "check_in is expected in the state rechecking but cannot be made in it", NULL, 4},
    {"{entry: recheck, answers: grid_worker, within: 30min, since: observed}", "§{entry: check_in, answers: grid_worker, within: 30min}", "two expectations are called check_in",
     "name: check_in_rechecking", 5},
    {"within: 'table.answer_deadline[urgency]'", "within: 'table.answer_deadline[§lane]'", "a code as key is needed here, not a text", NULL},
    {"within: 'table.answer_deadline[urgency]'", "within: §rule.fever_threshold", "a duration is needed here, not a number", NULL},
    {"within: 'table.answer_deadline[urgency]', since: state", "by_time: now, §since: state", "since belongs to within", NULL},
    {"windows: ['06:30-10:00', '16:00-20:30']", "windows: ['06:30-10:00', §'16-20']", "is no window", NULL},
    {"windows: ['06:30-10:00', '16:00-20:30']", "windows: ['06:30-10:00', §'20:30-16:00']", "ends before it begins", NULL},
    {"windows: ['06:30-10:00', '16:00-20:30']", "windows: ['16:00-20:30', §'06:30-10:00']", "in the order of the day", NULL},
    {"windows: ['06:30-10:00', '16:00-20:30']", "windows: ['06:30-10:00', §'09:30-20:30']", "overlaps the one before", NULL},
    {"windows: ['06:30-10:00', '16:00-20:30']", "windows: §[]", "windows is a list", NULL},
    {"{after: 4h, to: officer}", "{after: §2h, to: officer}", "not after the one before", NULL},
    {"{after: 4h, to: officer}", "{after: 4h, to: §subject}", "only a role can be told", NULL},
    {"{after: 4h, to: officer}", "§{to: officer}", "an escalation lacks after", NULL},
    {"per: day, at: '16:00'", "per: §week, at: '16:00'", "per is always day", NULL},
    {"per: day, at: '16:00'", "per: day, at: §'4pm'", "is no time of day", NULL},
    {"per: day, at: '16:00'", "per: day, at: §'00:00'", "the beginning of the day", "'24:00'"},
    {"  - {entry: report, answers: secretary, per: day, at: '16:00'}", "  - §{entry: report, answers: secretary, per: day}", "lacks at", NULL},
    {"  - {entry: report, answers: secretary, per: day, at: '16:00'}", "  - {entry: report, answers: §subject, per: day, at: '16:00'}",
     "subject: this kind is about nobody", NULL},
    {"  - {entry: report, answers: secretary, per: day, at: '16:00'}", "  - {entry: report, answers: §grid_worker, per: day, at: '16:00'}",
     "no post of grid_worker can cover a unit where daily stands", NULL},
    {"expects:\n  - {entry: report, answers: secretary, per: day, at: '16:00'}", "expects: §report", "expects is a list", NULL, 2},
};

static const struct mistake entries[] = {
    {"when: temperature > rule.fever_threshold or symptoms is not empty", "when: temperature §> 14d or symptoms is not empty",
     "a number in °C cannot be compared with a duration", NULL},
    {"by: [subject, proxy, grid_worker, doctor]", "by: [subject, §proxi, grid_worker, doctor]", "there is no role proxi", NULL},
    {"by: [subject, proxy, grid_worker, doctor]", "by: [subject, proxy, grid_worker, doctor, §proxy]", "the same address stands here twice", NULL},
    {"by: [subject, proxy, grid_worker, doctor]", "by: [subject, proxy, grid_worker, §{role: doctor, at: receiver}]", "only where a hand-over is accepted", NULL},
    {"in: [observing]\n", "in: [§observng]\n", "there is no state observng", "observing"},
    {"attempts: [no_answer, away]", "attempts: [no_answer, §absent]", "there is no code absent", NULL},
    {"attempts: [no_answer, away]", "attempts: §attempts", "there is no list attempts", "attempt"},
    {"round: household", "round: §houshold", "round is always household", "household"},
    {"  take: {title: {zh: 接报, en: Take},", "  take: {title: {zh: 接报, en: Take}, round: §household,", "anomaly is not grouped by household", NULL},
    {"shows: figures", "shows: §figure", "shows is always figures", "figures"},
    {"  take: {title: {zh: 接报, en: Take},", "  take: {title: {zh: 接报, en: Take}, shows: §figures,", "anomaly has no figures", NULL},
    {"  arrive:\n", "  §nobody: {title: {zh: a, en: b}}\n  arrive:\n", "nobody may make the entry nobody", NULL},
    {"unless_actor: [facts.objector]", "unless_actor: [§facts.objecter]", "there is no fact objecter", "objector"},
    {"unless_actor: [facts.objector]", "unless_actor: [§facts.readings]", "holds no actor", NULL},
    {"unless: opener", "unless: §openr", "unless is always opener", "opener"},
    {"{when: facts.readings = 0, say: {zh: 没有体温记录, en: no reading}}", "{when: §facts.reading = 0, say: {zh: 没有体温记录, en: no reading}}",
     "unknown name `facts.reading`", "facts.readings"},
    {"{when: facts.readings = 0, say: {zh: 没有体温记录, en: no reading}}", "{when: §facts.readings, say: {zh: 没有体温记录, en: no reading}}",
     "a condition is needed here, not a number", NULL},
    {"{when: facts.readings = 0, say: {zh: 没有体温记录, en: no reading}}", "{when: facts.readings = 0, say: {zh: 没有体温记录, en: no reading, §de: x}}",
     "a text has no key de", NULL},
    {"{when: facts.readings = 0, say: {zh: 没有体温记录, en: no reading}}", "§{when: facts.readings = 0}", "a refusal lacks say", NULL},
    {"{when: facts.readings = 0, say: {zh: 没有体温记录, en: no reading}}",
     "{when: §id_number is missing, say: {zh: 没有体温记录, en: no reading}}", "risk follows travel and contact, never origin", NULL},
    {"  - {name: lane, type: text, clear: true, clear_reason: routing, list: true, max_chars: 20, label: {zh: 胡同, en: Lane}}\n",
     "  - {name: lane, type: text, label: {zh: 胡同, en: Lane}, concept: person.native_place, required_when: §lane is missing}\n",
     "a condition reads lane", NULL},
    {"    state: released\n    document: certificate", "    state: §relesed\n    document: certificate", "there is no state relesed", "released"},
    {"    state: released\n    document: certificate", "    §state: released\n    then: [{state: due}]\n    document: certificate", "state and then cannot stand together", NULL},
    {"    state: released\n    document: certificate", "    state: §proposed\n    document: certificate", "nothing leads to proposed", NULL},
    {"    state: released\n    document: certificate", "    state: released\n    document: §certifcate", "there is no document certifcate", "certificate"},
    {"      - {when: temperature > rule.fever_threshold or symptoms is not empty, state: rechecking}",
     "      - §{state: rechecking}\n      - {when: temperature > 40, state: rechecking}", "never reached", NULL},
    {"      - {when: temperature > rule.fever_threshold or symptoms is not empty, state: rechecking}",
     "      - {when: temperature > rule.fever_threshold or symptoms is not empty, state: rechecking}\n      - §{when: temperature > 40}", "does nothing", NULL},
    {"when: temperature > rule.fever_threshold or symptoms is not empty", "when: §temprature > rule.fever_threshold or symptoms is not empty",
     "unknown name `temprature`", "temperature"},
    {"when: temperature > rule.fever_threshold or symptoms is not empty", "when: temperature > §rule.fever or symptoms is not empty",
     "unknown name `rule.fever`", NULL},
    {"when: temperature > rule.fever_threshold or symptoms is not empty", "when: 'contains(symptoms, §fver)'", "`fver` is not in list `symptom`", "fever"},
    {"when: temperature > rule.fever_threshold or symptoms is not empty", "when: attempt = §no_anser", "is not in list `observation.check_in.attempt`", "no_answer"},
    {"when: temperature > rule.fever_threshold or symptoms is not empty", "when: matter.state = §observe", "is not in list `matter.state`", NULL},
};

static const struct mistake effects[] = {
    {"open: {kind: anomaly, with: [temperature]}", "open: {kind: §anomoly, with: [temperature]}", "there is no kind anomoly", "anomaly", 2},
    {"open: {kind: anomaly, with: [temperature]}", "open: {kind: anomaly, with: [§temprature]}", "there is no field temprature", "temperature"},
    {"open: {kind: anomaly, with: [temperature]}", "open: {kind: anomaly, with: {temperature: §at}}", "a number in °C is needed here, not a datetime", NULL},
    {"open: {kind: anomaly, with: [temperature]}", "open: [{kind: anomaly}, §observation]", "observation needs the field last_exposure", NULL},
    {"open: {kind: anomaly, with: [temperature]}", "open: [{kind: anomaly}, §daily]", "daily is standing", NULL},
    {"    shows: figures\n", "    shows: figures\n    open: §anomaly\n", "about a person, and this matter about none", NULL},
    {"withdraw: check_in", "withdraw: §chek_in", "there is no expectation chek_in", "check_in"},
    {"set: {last_exposure: at}\n    then", "set: {§last_exposur: at}\n    then", "there is no field last_exposur", "last_exposure"},
    {"set: {last_exposure: at}\n    then", "set: {last_exposure: §37}\n    then", "a datetime is needed here, not a number", NULL},
    {"set: {last_exposure: at}\n    then", "set: §at\n    then", "set is a mapping", NULL},
    {"for_each: household.others, set", "for_each: §household, set", "for_each is always household.others", NULL},
    {"{for_each: household.others, set: {last_exposure: at}, because: member_moved, state: referred}",
     "{for_each: §household.others, set: {last_exposure: at}, state: referred}", "for_each lacks because", NULL},
    {"{for_each: household.others, set: {last_exposure: at}, because: member_moved, state: referred}",
     "{for_each: §household.others, because: member_moved, state: referred}", "does nothing", NULL},
    {"{for_each: household.others, set: {last_exposure: at}, because: member_moved, state: referred}",
     "{set: {last_exposure: at}, §because: member_moved, state: referred}", "because belongs to for_each", NULL},
    {"{for_each: household.others, set: {last_exposure: at}, because: member_moved, state: referred}",
     "{for_each: household.others, enter: {§in: parent, entry: arrive}, because: member_moved, state: referred}", "for_each already says", NULL},
    {"  move:\n    title: {zh: 家人入院, en: Member moved}\n    by: [doctor]\n",
     "  §move:\n    title: {zh: 家人入院, en: Member moved}\n    by: [doctor]\n    for_each: household.others\n    because: x\n    enter: {entry: move}\n",
     "effects run in a circle: observation.move → observation.move", NULL},
    {"  object:\n", "  §object:\n    enter: {in: children, kind: anomaly, entry: take}\n",
     "effects run in a circle: observation.object → anomaly.take → observation.object", NULL},
    {"enter: {in: parent, kind: observation, entry: object, with: {reason: \"'接报'\"}}", "enter: {in: parent, kind: observation, entry: §object}",
     "object needs the field reason", NULL},
    {"enter: {in: parent, kind: observation, entry: object, with: {reason: \"'接报'\"}}", "enter: §{kind: observation, entry: arrive}", "enter lacks in", NULL},
    {"enter: {in: parent, kind: observation, entry: object, with: {reason: \"'接报'\"}}", "enter: {in: §parents, kind: observation, entry: arrive}",
     "in is one of", "parent"},
    {"enter: {in: parent, kind: observation, entry: object, with: {reason: \"'接报'\"}}", "enter: {in: parent, kind: observation, entry: §objekt}",
     "there is no entry objekt", "object"},
    {"enter: {in: parent, kind: observation, entry: object, with: {reason: \"'接报'\"}}", "for_each: §household.others, because: x, enter: {entry: take}",
     "anomaly is not grouped by household", NULL},
};

static const struct mistake facts_and_figures[] = {
    {"readings: count(check_in)", "readings: §count check_in", "is no fact", NULL},
    {"readings: count(check_in)", "readings: §cuont(check_in)", "a fact is a count, exists, first or last", "count"},
    {"readings: count(check_in)", "readings: §count(chek_in)", "there is no entry chek_in", "check_in"},
    {"readings: count(check_in)", "readings: §count(check_in).at", "count() has no .at", NULL},
    {"last_reading: last(check_in).at", "last_reading: §last(check_in)", "needs what of the entry", NULL},
    {"last_temperature: last(check_in).temperature", "last_temperature: §last(check_in).temprature", "there is no field temprature", "temperature"},
    {"hot: exists(check_in where temperature > rule.fever_threshold)", "hot: exists(check_in where §temp > rule.fever_threshold)", "unknown name `temp`", NULL},
    {"hot: exists(check_in where temperature > rule.fever_threshold)", "hot: exists(check_in where temperature > §facts.readings)", "unknown name `facts.readings`", NULL},
    {"hot: exists(check_in where temperature > rule.fever_threshold)", "hot: §exists(check_in when temperature > rule.fever_threshold)", "is no fact", NULL},
    {"opened: observation}", "opened: §observaton}", "there is no kind observaton", "observation"},
    {"opened: observation}", "opened: §observation.due}", "the name of a kind is needed", NULL},
    {"in_state: observation.observing", "in_state: §observation", "KIND.NAME is needed", NULL},
    {"in_state: observation.observing", "in_state: §observation.observng", "there is no state observng", "observing"},
    {"entered: observation.check_in", "entered: §observation.checkin", "there is no entry checkin", "check_in"},
    {"missed: observation.check_in", "missed: §observation.arrive", "there is no expectation arrive", NULL},
    {"opened: {title: {zh: 新增, en: Opened}, opened: observation}", "opened: §{title: {zh: 新增, en: Opened}}", "a figure counts one of", NULL},
    {"opened: {title: {zh: 新增, en: Opened}, opened: observation}", "opened: {title: {zh: 新增, en: Opened}, opened: observation, §open: observation}", "counts one thing", NULL},
};

static const struct mistake stories[] = {
    {"east: {type: district, under: root}", "east: {type: §districkt, under: root}", "there is no unit type districkt", "district"},
    {"east: {type: district, under: root}", "§east: {type: district}", "only the first unit is the root", NULL},
    {"root: {type: city}", "§root: {type: city, under: root}", "the first unit is the root", NULL},
    {"grid_1: {type: grid, under: garden, code", "grid_1: {type: grid, under: §gardn, code", "the test has no unit gardn", "garden"},
    {"grid_1: {type: grid, under: garden, code", "grid_1: {type: grid, under: §east, code", "a grid does not stand under a district", NULL},
    {"posts: [{role: grid_worker, grounds: grid_1}]", "posts: [{role: grid_worker, grounds: §garden}]", "grid_worker does not cover units of type community", NULL},
    {"posts: [{role: grid_worker, grounds: grid_1}]", "posts: [{role: §grid_workr, grounds: grid_1}]", "there is no role grid_workr", "grid_worker"},
    {"members: [li, zhao]", "members: [li, §zhou]", "the test has no person zhou", "zhao"},
    {"members: [li, zhao]", "§member: [li, zhao]", "a household has no key member", "members"},
    {"world: town\nsteps", "world: §twon\nsteps", "there is no world twon", "town"},
    {NULL, "world: §town\nunits: {root: {type: city}}\n", "there are two worlds town", NULL},
    {NULL, "§test: t\nsteps: []\n", "the test has no units", NULL},
    {NULL, "test: t\nworld: town\nsteps: §{}\n", "steps is a list", NULL},
    {NULL, "test: t\nworld: town\nsteps:\n  - {at: §+1h, expect: {}}\n", "the first step needs an instant", NULL},
    {NULL, "test: t\nworld: town\nunits: §[]\nsteps: []\n", "units is a mapping of handles", NULL},
    {NULL, "test: t\nworld: town\npeople: §[]\nsteps: []\n", "people is a mapping of handles", NULL},
    {"at: +31min", "at: §+31", "is no step in time", NULL},
    {"at: +31min", "at: §later", "is neither an instant", NULL},
    {"at: +31min", "at: §'2020-01-01T00:00:00+08:00'", "time does not run backwards", NULL},
    {"  - {at: +31min, expect: {overdue: [recheck], escalated: {recheck: []}, todo: {wang: recheck}}}", "  - §{at: +31min}", "does and expects nothing", NULL},
    {"  - {at: +31min, expect: {overdue: [recheck], escalated: {recheck: []}, todo: {wang: recheck}}}", "  - §{at: +31min, as: wang, expect: {}}", "lacks do", NULL},
    {"{at: +0s, as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "§{at: +0s, do: {enter: recheck, form: {temperature: 36.5}}", "lacks as", NULL},
    {"as: zhao, do: {enter: recheck,", "as: §zhau, do: {enter: recheck,", "the test has no person zhau", "zhao"},
    {"as: zhao, do: {enter: recheck,", "as: zhao, do: {enter: §rechek,", "there is no entry rechek", "recheck"},
    {"as: zhao, do: {enter: recheck,", "as: zhao, do: {enter: recheck, §excuse: recheck,", "a step does one thing", NULL},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: §{form: {temperature: 36.5}}", "do is one of", NULL},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: {enter: recheck, form: {§temp: 36.5}}", "there is no field temp", NULL},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: {enter: recheck, attempt: §away}", "recheck knows no attempts", NULL},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: {enter: recheck, §unit: garden}", "unit means nothing here", NULL},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: {enter: recheck, matter: §arrival}", "no matter has been called arrival", NULL},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: §{excuse: recheck}", "the step lacks reason", NULL},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: {excuse: §recheckk, reason: x}", "there is no expectation recheckk", "recheck"},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: {round: §recheck, rows: {}}", "recheck is not entered in rounds", NULL},
    {"do: {round: check_in, rows: {li: {attempt: away}, zhao: {form: {temperature: 36.6}}}, matter: observation}", "do: {propose: §anomaly, unit: garden}", "nobody proposes anomaly", NULL},
    {"as: zhao, do: {enter: recheck, form: {temperature: 36.5}}", "as: zhao, do: {enter: recheck, observed_at: §yesterday}", "is no instant", NULL},
    {"do: {open: observation, unit: grid_1, subject: li,", "do: {open: §observtion, unit: grid_1, subject: li,", "there is no kind observtion", "observation", 1},
    {"do: {open: observation, unit: grid_1, subject: li,", "do: {open: observation, unit: §grid_2, subject: li,", "the test has no unit grid_2", "grid_1"},
    {"do: {open: observation, unit: grid_1, subject: li,", "do: §{open: observation, subject: li,", "the step lacks unit", NULL},
    {"do: {open: observation, unit: grid_1, subject: li,", "do: {open: observation, unit: grid_1, subject: §le,", "the test has no person le", "li"},
    {"refused: no_right", "refused: §no_rigth", "there is no problem no_rigth", "no_right"},
    {"state: rechecking, met: {check_in: 1}", "state: §recheking, met: {check_in: 1}", "there is no state recheking", "rechecking"},
    {"state: rechecking, met: {check_in: 1}", "state: rechecking, met: {check_in: §one}", "one is no count", NULL},
    {"state: rechecking, met: {check_in: 1}", "state: rechecking, met: §1", "met is a mapping", NULL},
    {"state: rechecking, met: {check_in: 1}", "state: rechecking, met: {§chek_in: 1}", "there is no expectation chek_in", "check_in"},
    {"closed: false, document: notice", "closed: §no, document: notice", "true or false is needed", NULL},
    {"closed: false, document: notice", "closed: false, document: §notise", "there is no document notise", "notice"},
    {"closed: false, document: notice", "closed: false, §documents: notice", "expect has no key documents", "document"},
    {"figures: {opened: 0}", "figures: {§opend: 0}", "there is no figure opend", "opened"},
    {"matter: daily.garden", "matter: §dayly.garden", "no matter has been called dayly.garden", NULL},
    {"rows: {li: {attempt: away}, zhao", "rows: {§lee: {attempt: away}, zhao", "the test has no person lee", "li"},
    {"rows: {li: {attempt: away}, zhao", "rows: {li: {attempt: §awya}, zhao", "there is no code awya", "away"},
    {"rows: {li: {attempt: away}, zhao", "rows: {li: {§attemp: away}, zhao", "a row has no key attemp", "attempt"},
    {"symptoms: [fever]}}", "symptoms: [fever]}, attempt: §asleep}", "there is no code asleep", NULL},
};
/* clang-format on */

static void test_states(void)
{
    mistakes_run(states, G_N_ELEMENTS(states));
}

static void test_expects(void)
{
    mistakes_run(expects, G_N_ELEMENTS(expects));
}

static void test_entries(void)
{
    mistakes_run(entries, G_N_ELEMENTS(entries));
}

static void test_effects(void)
{
    mistakes_run(effects, G_N_ELEMENTS(effects));
}

static void test_facts_and_figures(void)
{
    mistakes_run(facts_and_figures, G_N_ELEMENTS(facts_and_figures));
}

static void test_stories(void)
{
    mistakes_run(stories, G_N_ELEMENTS(stories));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/playbook/check/states", test_states);
    g_test_add_func("/playbook/check/expects", test_expects);
    g_test_add_func("/playbook/check/entries", test_entries);
    g_test_add_func("/playbook/check/effects", test_effects);
    g_test_add_func("/playbook/check/facts-and-figures", test_facts_and_figures);
    g_test_add_func("/playbook/check/stories", test_stories);
    return g_test_run();
}
