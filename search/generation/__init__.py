"""Answers written by a language model: prompt, model, the gate that every sentence passes, and follow-up questions."""
