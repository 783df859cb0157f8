"""How a model comes about: examples, augmentation, fitting, calibration, writing. Imports scikit-learn."""
