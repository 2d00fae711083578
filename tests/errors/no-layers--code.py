import numpy as np

x = np.ones((1, 10, 3))
