"""Checks of plots: figures as facts, asked for in each way."""

import numpy as np
import pandas as pd
import pytest

STEPS = np.array([0.0, 10.0, 20.0, 40.0])
TRAINING = np.array([1.0, 0.5, 0.25, 0.125])
TEST = np.array([1.1, 0.6, 0.4, 0.3])


@pytest.mark.function("plot_losses")
@pytest.mark.points(2)
def test_losses(student, compare):
    """Both losses are drawn over the steps"""
    figure = student.figure(student.plot_losses, STEPS, TRAINING, TEST)
    compare.figure(figure, lines={"training": (STEPS, TRAINING), "test": (STEPS, TEST)})


@pytest.mark.function("plot_losses")
@pytest.mark.points(2)
def test_losses_written(student, compare):
    """The chart says what it shows"""
    figure = student.figure(student.plot_losses, STEPS, TRAINING, test=TEST)
    compare.figure(figure, title="losses", xlabel=True, ylabel=True, yscale="log")
    compare.figure(figure, legend=["training", "test"])


@pytest.mark.function("plot_people")
@pytest.mark.points(2)
def test_people(student, compare):
    """Each city has its bar"""
    people = pd.DataFrame({"city": ["Bonn", "Ulm", "Jena"], "people": [331, 129, 111]})
    figure = student.figure(student.plot_people, people)
    compare.figure(figure, bars={"Bonn": 331, "Jena": 111, "Ulm": 129})
    compare.kept_arguments(student)


@pytest.mark.function("plot_grades")
@pytest.mark.points(2)
def test_grades(student, reference, compare, rng):
    """The points are those of the grades"""
    case = rng.uniform(0, 100, 20), rng.uniform(1, 6, 20)
    compare.figure(
        student.figure(student.plot_grades, *case), compare.drawn(reference.plot_grades, *case)
    )


@pytest.mark.function("show_zeros")
@pytest.mark.points(0.5)
def test_more_zeros(student, compare):
    """A wide image is wide"""
    compare.figure(student.figure(student.show_zeros, 2, columns=9), images=[np.zeros((2, 9))])


@pytest.mark.function("show_zeros")
@pytest.mark.points(0.5)
@pytest.mark.visible
def test_zeros(student):
    """The image has as many rows and columns as are asked for"""
    figure = student.figure("show_zeros", 3, 5)
    assert figure.images[0].shape == (3, 5)


@pytest.mark.function("at_the_top")
@pytest.mark.points(1)
def test_top(student, compare):
    """The file draws the squares"""
    assert student.at_the_top() == 0
    compare.figure(student.figure(), lines=[([0, 1, 2, 3, 4], [0, 1, 4, 9, 16])])
