def plot_losses(steps, training, test):
    plt.plot(steps, training, label="</figcaption><script>alert(1)</script>")
    plt.title('" onerror="alert(1)')
    plt.xlabel("\x1b]0;owned\x07\u202e")
    plt.legend()
