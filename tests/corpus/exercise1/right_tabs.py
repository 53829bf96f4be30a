import numpy as np

def sigmoid(z):
	z = np.clip(z, -600, 600)
	return 1/(1+np.exp(-z))

def forward(x, weight_1, weight_2, bias):
	hidden = np.zeros(2)
	output = np.zeros(2)
	for j in range(2):
		for i in range(2):
			hidden[j] += x[i]*weight_1[i, j]
		hidden[j] = sigmoid(hidden[j]+bias[0])
	for k in range(2):
		for j in range(2):
			output[k] += hidden[j]*weight_2[j, k]
		output[k] = sigmoid(output[k]+bias[1])
	return hidden, output

def loss(output, target):
	return sum((target-output)**2)/2
