class Endless(plt.Line2D):
    def draw(self, renderer):
        while True:
            pass


def plot_losses(steps, training, test):
    plt.gca().add_line(Endless([0, 1], [0, 1]))
