"""Claims about tables of people: no small number can be worked out from one."""

from itertools import product

from hypothesis import given, settings, strategies as st

from broker.core.indicators.suppression import Table, suppress

ROWS, COLUMNS, THRESHOLD = ("a", "b"), ("x", "y", "z"), 4
PLACES = [(row, column) for row in ROWS for column in COLUMNS]


def consistent(table: Table) -> list[dict[tuple[str, str], int]]:
    """Returns every table of numbers that a reader must hold possible."""
    hidden = [place for place in PLACES if table.cells[place] is None]
    found = []
    for guess in product(range(1, THRESHOLD), repeat=len(hidden)):
        full = {place: table.cells[place] for place in PLACES} | dict(
            zip(hidden, guess, strict=True)
        )
        numbers = {place: number or 0 for place, number in full.items()}
        sums = [
            (table.row_totals[row], sum(numbers[row, one] for one in COLUMNS))
            for row in ROWS
        ]
        sums += [
            (table.column_totals[column], sum(numbers[one, column] for one in ROWS))
            for column in COLUMNS
        ]
        sums.append((table.total, sum(numbers.values())))
        if all(stated in {None, real} for stated, real in sums):
            found.append(numbers)
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=6, max_size=6))
def test_no_hidden_number_can_be_worked_out_even_knowing_the_rule(
    numbers: list[int],
) -> None:
    counts = dict(zip(PLACES, numbers, strict=True))
    table = suppress(counts, ROWS, COLUMNS, THRESHOLD)
    possible = consistent(table)
    for place, number in counts.items():
        if 0 < number < THRESHOLD:
            assert table.cells[place] is None
            assert len({one[place] for one in possible}) > 1
        else:
            assert table.cells[place] == number


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 99), min_size=6, max_size=6))
def test_what_is_shown_is_true(numbers: list[int]) -> None:
    counts = dict(zip(PLACES, numbers, strict=True))
    table = suppress(counts, ROWS, COLUMNS, THRESHOLD)
    for row in ROWS:
        whole = sum(counts[row, column] for column in COLUMNS)
        assert table.row_totals[row] in {None, whole}
    assert table.total in {None, sum(numbers)}


def test_a_table_without_small_numbers_is_shown_whole() -> None:
    table = suppress({("a", "x"): 7, ("b", "y"): 12}, ROWS, COLUMNS)
    assert table.total == 19
    assert table.row_totals == {"a": 7, "b": 12}
    assert table.column_totals == {"x": 7, "y": 12, "z": 0}


def test_a_single_small_number_hides_the_total_of_all() -> None:
    table = suppress({("a", "x"): 2, ("b", "y"): 50}, ROWS, COLUMNS)
    assert table.total is None
    assert table.row_totals == {"a": None, "b": 50}


def test_its_lines_say_few_where_the_table_says_nothing_and_end_with_the_totals() -> (
    None
):
    counts = {("a", "x"): 2, ("a", "y"): 7, ("b", "x"): 9, ("b", "z"): 4}
    table = suppress(counts, ROWS, COLUMNS, THRESHOLD)
    assert table.head == ("", "x", "y", "z", "all")
    assert table.lines[:2] == [
        ("a", "few", "7", "0", "few"),
        ("b", "9", "0", "4", "13"),
    ]
    assert table.lines[2][:4] == ("all", "few", "7", "4")
