def plot_losses(steps, training, test):
    plt.plot(steps, training)
    plt.title("x" * 100_000_000)
