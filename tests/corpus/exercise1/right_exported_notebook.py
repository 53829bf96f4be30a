#!/usr/bin/env python
# coding: utf-8

# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
get_ipython().system('pip install numpy')
import matplotlib.pyplot as plt
import numpy as np


# In[2]:


get_ipython().run_cell_magic('time', '', 'def sigmoid(z):\n    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z)))\n')


# In[3]:


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)


# In[4]:


plt.plot([loss(np.ones(2), np.zeros(2))])
plt.show()
display(plt.gcf())
