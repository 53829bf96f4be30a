"""Plots. The task is in plots.md."""

# BEGIN SOLUTION
import matplotlib.pyplot as plt
import numpy as np

plt.plot([0, 1, 2, 3, 4], [0, 1, 4, 9, 16])
plt.show()
# END SOLUTION


def plot_losses(steps, training, test):
    """Draw the losses."""
    # BEGIN SOLUTION
    axes = plt.gca()
    axes.plot(steps, training, label="training")
    axes.plot(steps, test, label="test")
    axes.set(yscale="log", title="Losses", xlabel="step", ylabel="loss")
    plt.legend()
    # END SOLUTION


def plot_people(people):
    """Draw a bar for each city."""
    # BEGIN SOLUTION
    _, axes = plt.subplots()
    axes.bar(people["city"], people["people"])
    return axes
    # END SOLUTION


def plot_grades(points, grades):
    """Draw the grades over the points."""
    # BEGIN SOLUTION
    figure, axes = plt.subplots()
    axes.scatter(points, grades)
    return figure
    # END SOLUTION


def show_zeros(rows, columns):
    """Show a matrix of zeros as an image."""
    # BEGIN SOLUTION
    plt.imshow(np.zeros((rows, columns)))
    # END SOLUTION


def at_the_top():
    """Do nothing: the file itself draws."""
    # BEGIN SOLUTION
    return 0
    # END SOLUTION
