"""Gradio's guide, "Creating a chatbot fast": streaming with the openai client."""

import os

import gradio as gr
from openai import OpenAI

client = OpenAI(base_url=os.environ["BENCH_PROVIDER"], api_key="none")


def predict(message, history):
    """Ask the provider and yield the reply as far as it has come."""
    told = [{"role": one["role"], "content": one["content"]} for one in history]
    stream = client.chat.completions.create(
        model="bench", messages=[*told, {"role": "user", "content": message}], stream=True
    )
    reply = ""
    for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            reply += chunk.choices[0].delta.content
            yield reply


if __name__ == "__main__":
    chat = gr.ChatInterface(predict, save_history=True)
    chat.launch(server_name="127.0.0.1", server_port=int(os.environ["BENCH_PORT"]), share=False)
