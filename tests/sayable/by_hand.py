"""What the published parameters give to the few people of each system, worked out by hand."""

from collections.abc import Mapping

type Found = tuple[str, str, int]  # mentors and mentees (or peers) by roster id, and the score

# The points of each rule for two people (of a system and program: mentee, mentor), None where they are no candidates.
POINTS: tuple[tuple[str, str, str, str, dict[str, int] | None], ...] = (
    # two answers in common of medium strength and one of high strength: the published 11
    ("together", "strengths", "e1", "m1", {"skills": 6, "goals": 5}),
    ("together", "strengths", "e4", "m2", {"skills": 3, "certificates": 7}),
    ("together", "strengths", "e3", "m1", None),  # disqualified
    ("together", "strengths", "e2", "m2", None),  # the manager
    ("together", "strengths", "e1", "m3", None),  # five hours apart
    ("together", "strengths", "e1", "m4", None),  # no language in common
    ("together", "must_to_somewhat", "e3", "m1", {"language": 10, "goals": 5, "skills": 9, "hobbies": 1}),
    ("together", "must_to_somewhat", "e4", "m3", {"language": 10, "own_strength": 8}),
    ("together", "must_to_somewhat", "e1", "m4", None),  # 11 points, but not the must
    ("chronus", "weights", "e1", "m1", {"same_role": 2, "interests": 6, "set_matching": 8, "stage_above": 3}),
    ("chronus", "weights", "e2", "m3", {"interests": 6, "set_matching": 4, "stage_above": 1}),
    ("mentorly", "smart_match", "e2", "m1", {"topics": 10, "industry": 4, "languages": 1}),
    ("vygo", "criteria", "e2", "m1", {"faculty": 5, "hobby": 1}),
    ("vygo", "criteria", "e1", "m3", None),  # another campus is mandatory
    ("qooper", "bulk", "e1", "m1", {"goals": 67}),
    ("qooper", "bulk", "e3", "m3", None),  # 50 % is below the minimum match rate
    ("qooper", "bulk", "e4", "m3", None),  # wants the same site
    ("qooper", "bulk", "e5", "m1", None),  # `sales` is not `Sales`
    ("pushfar", "suggestions", "e3", "m1", {"help": 10, "keywords": 2, "location": 5}),
    ("pushfar", "suggestions", "e1", "m2", None),  # the same department
    ("pushfar", "reverse", "s2", "y2", None),  # not less senior
    ("random_coffee", "cross_groups", "p1", "p3", {"first_department": 1_000_000, "second_audience": 10_000, "third_site": 100, "fourth_value": 1}),
    ("random_coffee", "cross_groups", "p1", "p2", {"second_audience": 10_000}),
    ("random_coffee", "cross_groups", "p5", "p6", None),  # member without member
    ("coffee_pals", "circles", "g4", "h1", None),  # another site
    ("coffee_pals", "circles", "g3", "h1", {"second_seniority": 100}),
    ("estudent360", "nightly", "e1", "m1", {"career": 30, "subject": 10, "language": 15, "schedule": 15, "geography": 10, "remaining_capacity": 4}),
    ("estudent360", "nightly", "e2", "m2", {"schedule": 15, "geography": 10, "remaining_capacity": 10}),
    # 2 of 3 skills, 1 of 2 industries, the only certificate, the base, the city
    ("greekmanage", "ranked_list", "e1", "m1", {"skills": 27, "industry": 15, "certificates": 20, "base": 10, "city": 5}),
    ("greekmanage", "ranked_list", "e2", "m1", {"skills": 13, "base": 10, "city": 5}),
    ("greekmanage", "ranked_list", "e3", "m1", None),  # nothing but the base
    ("mentorease", "priorities", "e3", "m2", {"p2_goals": 100, "p3_city": 1}),
    ("mentor_collective", "matters_most", "e1", "m1", {"major": 10, "identity": 10}),
    ("mentor_collective", "matters_most", "e1", "m2", {"career": 10, "most_career": 20}),
    ("civil_service", "mentor_match", "e1", "m1", {"grades_above": 12, "same_profession": 10, "wanted_identity": 6}),
    ("civil_service", "mentor_match", "e2", "m3", {"grades_above": 9, "same_profession": 10, "wanted_identity": 6}),
    ("civil_service", "mentor_match", "e3", "m2", {"grades_above": 9}),
    ("civil_service", "mentor_match", "e1", "m2", None),  # the same organization
    ("civil_service", "mentor_match", "e4", "m1", None),  # three grades above
    ("drp_turkiye", "reading", "e02", "m1", {"choices_1_2": 48, "choices_2_1": 48, "same_level": 5, "reference": 8}),
    ("drp_turkiye", "reading", "e11", "m2", {"choices_4_4": 4, "same_level": 5, "reference": 6}),
    ("virginia_tech", "survey", "e1", "m1", {"topics": 67, "wants_same_gender": 30}),
    ("virginia_tech", "survey", "e4", "m2", {"topics": 50, "outside_scores": -40}),
    ("auckland", "first_set", "e2", "m2", {"gender": 50, "type": 25, "programme": 15, "subject": 10}),
    ("auckland", "first_set", "e4", "m1", {"programme": 15, "subject": 10}),
    ("auckland", "second_set", "e1", "m1", {"gender": 50, "type": 50}),
    ("pioneers", "season", "t1", "m1", {"first_hour": 600, "second_hour": 600, "third_hour": 600, "team_type": 500, "wished_team": 900, "travel": 100, "coding": 400}),
    ("pioneers", "season", "t2", "m2", {"first_hour": 600, "team_type": 500, "required_team": 500_000, "travel": 60}),
    ("pioneers", "season", "t1", "m5", None),  # 45 minutes in common
    ("djangonaut", "session", "d3", "n2", {}),  # three hours, not five
    ("djangonaut", "session", "d1", "n2", None),  # none
    ("yuanjian", "first_round", "e1", "m1", {"meeting": 10, "list": 5, "strengths": 1, "similarity": 1, "complementarity": 3}),
    ("yuanjian", "first_round", "e3", "m1", {"meeting": 10, "avoid": -4, "strengths": 1}),
    ("yuanjian", "first_round", "e3", "m2", None),  # the mentor's hard preference
    ("yuanjian", "first_round", "e4", "m1", None),  # banned
    ("yuanjian", "final_round", "e1", "m4", None),  # the mentor said no
    ("ciera", "network", "s1", "f2", {"mentee_prefers": 10}),
    ("ciera", "network", "s2", "f2", None),  # the mentor avoids
    ("ciera", "network", "s2", "d1", None),  # the mentee avoids
    ("ciera", "network", "s3", "g1", None),  # three years apart
    ("ciera", "network", "s3", "f1", {}),  # only peers are within two years
    ("stanford_dbds", "rank_costs", "e5", "m3", {"same_program": 1000, "choices": 20}),
    ("stanford_dbds", "rank_costs", "e5", "m2", {"choices": 18}),
    ("stanford_dbds", "rank_costs", "e5", "m1", {"choices": 15}),
    ("stanford_dbds", "rank_costs", "e5", "m4", {"same_program": 1000}),
    ("stanford_dbds", "rank_costs", "e3", "m1", None),  # not ranked
    ("mskcc", "hospital", "e1", "m1", {"first": 3, "third": 1}),
    ("mskcc", "hospital", "e1", "m3", None),  # another track
    ("hidden_genius", "tiers", "e1", "m1", {"mentee_first": 200, "mentor_first": 2}),
    ("hidden_genius", "tiers", "e1", "m2", {"mentee_first": 200, "mentor_second": 1}),  # tied for the mentee
    ("yelp_beans", "beans", "p1", "p2", {"new_and_old": 5, "languages": 1}),
    ("yelp_beans", "beans", "p2", "p3", None),  # the same department
    # everybody knows python, two of four know sql, one knows rust
    ("crews", "weekly", "e1", "m1", {"rare_skills": 50}),
    ("crews", "weekly", "e2", "m3", {"rare_skills": 75}),
    ("crews", "weekly", "e3", "m3", None),  # a quarter of an hour in common
    ("biro_gyetvai", "tutoring", "e1", "m1", {"mentee_prefers": 30, "priority": 50}),
    ("biro_gyetvai", "tutoring", "e5", "m2", None),  # no language in common
)  # fmt: skip

# The best matches, of which there is one set only.
MATCHES: Mapping[tuple[str, str], set[Found]] = {
    # 11, 3, 3 and 10 of the 22 points that are possible, in percent
    ("together", "strengths"): {("m1", "e1", 50), ("m1", "e2", 14), ("m2", "e3", 14), ("m2", "e4", 45)},
    ("together", "must_to_somewhat"): {("m1", "e1", 21), ("m3", "e2", 14), ("m1", "e3", 25), ("m2", "e4", 21)},
    ("chronus", "weights"): {("m1", "e1", 19), ("m2", "e2", 12), ("m3", "e3", 10)},
    ("mentorcliq", "all_at_once"): {("m1", "e1", 22), ("m2", "e2", 15), ("m1", "e3", 13)},
    # 25 + 4 is more than 15 + 11, so one of them stays without
    ("mentorly", "smart_match"): {("m1", "e1", 25), ("m2", "e3", 4)},
    ("vygo", "criteria"): {("m1", "e1", 9), ("m2", "e2", 3), ("m3", "e3", 0)},
    ("qooper", "bulk"): {("m2", "e1", 100), ("m1", "e2", 100)},
    ("pushfar", "suggestions"): {("m1", "e1", 33), ("m3", "e1", 16), ("m3", "e2", 20), ("m2", "e3", 20)},
    ("pushfar", "reverse"): {("y1", "s1", 4)},
    ("ten_thousand_coffees", "introductions"): {
        ("", "p1 p2", 20),
        ("", "p3 p4", 20),
        ("", "p5 p6", 10),
        ("", "p7 p8", 10),
    },
    # three times the same site instead of one and a club: an earlier rule outweighs all later ones
    ("random_coffee", "cross_groups"): {
        ("", "p1 p6", 1_010_100),
        ("", "p3 p5", 1_010_100),
        ("", "p2 p4", 1_010_100),
    },
    ("coffee_pals", "circles"): {("h1", "g1 g2 g3", 20_300)},  # in Rome all are of one department
    ("coffee_pals", "pairs"): {("", "p1 p2", 100), ("", "p3 p4", 1)},
    ("estudent360", "nightly"): {("m1", "e1", 84), ("m1", "e2", 54), ("m2", "e3", 65)},
    ("greekmanage", "ranked_list"): {("m1", "e1", 77), ("m2", "e2", 95)},
    ("mentorease", "priorities"): {("m1", "e1", 10_100), ("m1", "e3", 10_101), ("m2", "e4", 10_000)},
    ("mentor_collective", "matters_most"): {("m2", "e1", 100), ("m3", "e2", 100), ("m1", "e3", 100)},
    ("civil_service", "mentor_match"): {
        ("m1", "e1", 28),
        ("m3", "e2", 25),
        ("m2", "e2", 12),
        ("m1", "e3", 12),
        ("m2", "e3", 9),
        ("m2", "e4", 12),
    },
    ("virginia_tech", "survey"): {("m1", "e1", 97), ("m1", "e2", 100), ("m2", "e3", 55), ("m3", "e4", 50)},
    ("auckland", "first_set"): {("m1", "e1", 90), ("m2", "e2", 100), ("m3", "e3", 100)},
    ("auckland", "second_set"): {("m1", "e1", 100), ("m2", "e2", 100), ("m3", "e3", 100), ("m2", "e4", 50)},
    # one of two mentors costs nothing: 3700 + 1200; alone each team loses 500
    ("pioneers", "season"): {("m1 m4", "t1", 4_900), ("m2", "t2", 500_660), ("m3", "t3", 660)},
    ("djangonaut", "session"): {("c1 n1", "d1 d2", 52), ("c2 n2", "d3 d4", 31)},
    ("yuanjian", "first_round"): {
        ("m1", "e1", 20),
        ("m2", "e1", 16),
        ("m4", "e1", 14),
        ("m1", "e2", 15),
        ("m2", "e2", 16),
        ("m4", "e2", 13),
        ("m1", "e3", 7),
        ("m3", "e3", 11),
        ("m4", "e3", 18),
        ("m2", "e4", 17),
        ("m3", "e4", 10),
        ("m4", "e4", 10),
    },
    # of the marks alone, m3 could as well meet e2: 4 + 4 is 5 + 3
    ("yuanjian", "final_round"): {("m3", "e1", 100), ("m2", "e2", 50), ("m4", "e3", 100), ("m4", "e4", 100)},
    ("ciera", "network"): {
        ("f2", "s1", 10),
        ("d1", "s1", 10),
        ("d2", "s1", 0),
        ("g2", "s1", 0),
        ("f1", "s2", 0),
        ("d2", "s2", 0),
        ("f2", "s3", 0),
    },
    # e3 takes a second choice that costs 2, because the fourth of e5 would cost 20
    ("stanford_dbds", "rank_costs"): {
        ("m2", "e1", 1_018),
        ("m1", "e2", 1_020),
        ("m4", "e3", 1_018),
        ("m3", "e4", 1_020),
        ("m3", "e5", 1_020),
    },
    ("mskcc", "hospital"): {("m1", "e1", 4), ("m2", "e2", 2), ("m3", "e3", 3)},
    ("hidden_genius", "tiers"): {("m2", "e1", 201), ("m1", "e2", 202), ("m3", "e3", 0), ("m3", "e4", 200)},
    ("yelp_beans", "beans"): {("", "p1 p2", 6), ("", "p3 p4", 5)},
    ("crews", "weekly"): {("m3", "e1", 50), ("m3", "e2", 75), ("m1", "e3", 50), ("m1", "e4", 50)},
    ("biro_gyetvai", "tutoring"): {("m1", "e1 e2", 83), ("m2", "e4", 30)},
}
